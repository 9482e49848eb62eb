import { arch } from 'node:process';
import { SlimtraceError } from '../../errors.js';
import type { Digest } from '../../system/digest.js';
import type { ImageConfig, Platform } from '../image.js';
import { readDigest } from './descriptor.js';
import { quoteName } from './entry-name.js';
import { JsonValue } from './json-value.js';

/** An image's config blob (OCI image-spec config.md), checked as far as it is used. */
export interface ImageConfigFile {
  readonly platform: Platform;
  /** RFC 3339; 1970 when it doesn't say. */
  readonly created: string;
  readonly config: ImageConfig;
  /** One for each layer and each step that made none; only the fields that the specification knows. */
  readonly history: readonly object[];
  /** Of the layers, bottom first. */
  readonly diffIds: readonly Digest[];
}

/** Many more than engines take: Docker stops at 127. */
const maxLayers = 1000;

/** Throws `archive-invalid` when a field that is used is not as it should be. @param source for messages */
export function parseImageConfig(bytes: Uint8Array, source: string): ImageConfigFile {
  const json = JsonValue.parse(bytes, source);
  const created = json.get('created').optionalText() ?? '1970-01-01T00:00:00Z';
  if (Number.isNaN(Date.parse(created)))
    throw new SlimtraceError('archive-invalid', { reason: `${source}: created is not a time: ${quoteName(created)}` });
  const diffIds = readDiffIds(json.get('rootfs'));
  if (diffIds.length > maxLayers)
    throw new SlimtraceError('archive-invalid', { reason: `${source} has more than ${maxLayers} layers` });
  const variant = json.get('variant').optionalText();
  return {
    platform: {
      // Docker takes an image that doesn't say for one of the machine it is on.
      os: json.get('os').optionalText() || 'linux',
      architecture: json.get('architecture').optionalText() || hostArchitecture(),
      ...(variant ? { variant } : {}),
    },
    created,
    config: readRunConfig(json.get('config')),
    history: json.get('history').items().map(readHistoryEntry),
    diffIds,
  };
}

function readHistoryEntry(json: JsonValue): object {
  const texts = ['created', 'created_by', 'author', 'comment'].map((field) => [field, json.get(field).optionalText()]);
  const isEmpty = json.get('empty_layer');
  return {
    ...Object.fromEntries(texts.filter(([, text]) => text !== undefined)),
    ...(isEmpty.isMissing || !isEmpty.flag() ? {} : { empty_layer: true }),
  };
}

function readDiffIds(rootfs: JsonValue): Digest[] {
  return rootfs.isMissing ? [] : rootfs.get('diff_ids').items().map(readDigest);
}

/** This machine's architecture by its GOARCH name. */
export function hostArchitecture(): string {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', mipsel: 'mipsle' };
  return names[arch] ?? arch;
}

type Check = (json: JsonValue) => unknown;

/** Nothing that is handed to the kernel holds a NUL (execve(2)). */
const isText: Check = (json) => {
  if (json.text().includes('\0'))
    throw new SlimtraceError('archive-invalid', { reason: 'its config has a text with a NUL in it' });
};
const areTexts: Check = (json) => json.items().map(isText);
const isSet: Check = (json) =>
  json.members().map(([name, value]) => {
    if (name.includes('\0'))
      throw new SlimtraceError('archive-invalid', { reason: 'its config has a name with a NUL in it' });
    return value.isMissing || value.object();
  });

/** What each field of {@link ImageConfig} must be. */
const checks: Readonly<Record<keyof ImageConfig, Check>> = {
  User: isText,
  ExposedPorts: isSet,
  Env: areTexts,
  Entrypoint: areTexts,
  Cmd: areTexts,
  Volumes: isSet,
  WorkingDir: isText,
  Labels: (json) => json.members().map(([, value]) => value.text()),
  StopSignal: isText,
  Healthcheck: (json) => {
    areTexts(json.get('Test'));
    for (const field of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries']) {
      const value = json.get(field);
      if (!value.isMissing) value.number();
    }
  },
  OnBuild: areTexts,
  Shell: areTexts,
  ArgsEscaped: (json) => json.flag(),
};

/** What builders left of the container an image was made in (docker image spec v1.2); it says nothing about the image. */
const containerFields: ReadonlySet<string> = new Set([
  'AttachStderr',
  'AttachStdin',
  'AttachStdout',
  'Domainname',
  'Hostname',
  'Image',
  'MacAddress',
  'NetworkDisabled',
  'OpenStdin',
  'StdinOnce',
  'Tty',
]);

/** The fields as they are, but for those that are null: Docker writes `"Env":null` where it means none. */
function readRunConfig(json: JsonValue): ImageConfig {
  if (json.isMissing) return {};
  const isNull = (field: string) => field in checks && json.get(field).isMissing;
  for (const [field, check] of Object.entries(checks)) if (!isNull(field)) check(json.get(field));
  return Object.fromEntries(
    Object.entries(json.object()).filter(([field]) => !isNull(field) && !containerFields.has(field)),
  );
}
