import { dirname } from 'node:path';
import { maxYamlBytes, parseYaml, type YamlEntry, type YamlNode } from '../../schema/yaml.js';
import { readGivenFile } from '../../system/given-file.js';
import { parseDebugImage } from '../parse-debug-image.js';
import { parseScenarios, parseSelection } from '../parse-flags.js';
import { parseResult, requireProvedUser } from '../parse-result.js';
import type { SlimmingFlags, SlimRequest } from '../slim-run.js';
import type { Host } from '../terminal.js';
import { inKeys } from './check-setting.js';
import type { CiSettings } from './ci-keys.js';
import { readCi } from './ci-settings.js';
import { declareSlimming, readConfigKeys } from './config-keys.js';
import { flagsOf, readSettings, type Settings, type SettingsContext, withDefaults } from './image-settings.js';
import { configurationError, type Problem } from './problems.js';
import { complain, complainOfKey, type Reader, readMap, readText } from './reader.js';
import { complainOfSharedFiles } from './shared-files.js';

/** What `slimtrace.yaml` says, each value as the flags would have it. */
export interface Configuration {
  /** As it was given. */
  readonly file: string;
  /** As they stand there; at least one. */
  readonly images: readonly ConfiguredImage[];
  readonly ci: CiSettings;
}

/** One image of the configuration, as its flags would ask for it: the defaults of the flags are in it. */
export interface ConfiguredImage extends SlimRequest {
  /** Its key. */
  readonly name: string;
  /** Of its key in the file, from 1. */
  readonly line: number;
  /** The attributes of flags that the file says something about. */
  readonly said: ReadonlySet<string>;
}

/** For the one image that matters, variables that aren't set are no problem elsewhere. */
export interface ReadOptions {
  readonly env: Host['env'];
  /** An image's key, or its own reference. */
  readonly only?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Reads and checks the whole configuration. Throws `file-unreadable`, and `config-invalid` with all that is wrong. */
export async function readConfiguration(file: string, { env, only, signal }: ReadOptions): Promise<Configuration> {
  const { root, problems: ofYaml } = parseYaml(await readGivenFile(file, { maxBytes: maxYamlBytes, signal }));
  if (ofYaml.length > 0) throw configurationError(file, ofYaml);
  const problems: Problem[] = [];
  const context: SettingsContext = {
    keys: readConfigKeys(),
    unset: declareSlimming().opts<SlimmingFlags>(),
    directory: dirname(file),
  };
  const { images, ci } = await readRoot(root, { problems, env }, context);
  const chosen = new Set(images.filter(({ name, image }) => name === only || image === only).map(({ name }) => name));
  const matters = ({ image }: Problem) => image === undefined || only === undefined || chosen.has(image);
  const told = problems.filter(matters);
  if (told.length > 0) throw configurationError(file, told);
  return { file, images: images.filter(({ image }) => image !== ''), ci };
}

async function readRoot(root: YamlNode | undefined, reader: Reader, context: SettingsContext) {
  const entries = root === undefined ? [] : readMap(reader, root, 'a configuration');
  const find = (name: string) => entries.find(({ key }) => key === name);
  const known = ['version', 'defaults', 'images', 'ci'];
  for (const entry of entries) if (!known.includes(entry.key)) complainOfKey(reader, entry, known);
  const version = find('version');
  if (version !== undefined && readText(reader, version.value, 'version') !== '1')
    complain(reader, version.value.at, 'the version is 1: this slimtrace knows no other');
  const given = find('defaults');
  const defaults: Settings =
    given === undefined ? { flags: {}, run: {} } : readSettings(reader, given.value, 'defaults', context, true);
  const section = find('images');
  const images: ConfiguredImage[] = [];
  const ofImages = section === undefined ? [] : readMap(reader, section.value, 'images');
  for (const entry of ofImages) images.push(await readImage(reader, entry, defaults, context));
  if (entries.length === 0 || (ofImages.length === 0 && (section === undefined || section.value.kind === 'map')))
    complain(
      reader,
      section?.value.at ?? { line: 1, column: 1 },
      'it names no image: write images:, and below it NAME:, and below that image: REFERENCE',
    );
  complainOfSharedFiles(reader, images);
  return { images, ci: readCi(reader, find('ci')?.value, context) };
}

/** The image of a configuration that lacks it is the empty text; then a problem is told. */
async function readImage(
  reader: Reader,
  { key: name, at, value }: YamlEntry,
  defaults: Settings,
  context: SettingsContext,
): Promise<ConfiguredImage> {
  const before = reader.problems.length;
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name))
    complain(reader, at, `${JSON.stringify(name)} is not a name for an image here (letters, digits, . _ -)`);
  const own = readSettings({ ...reader, image: name }, value, `image ${name}`, context, false);
  const hasImage = value.kind !== 'map' || value.entries.some(({ key }) => key === 'image');
  if (!hasImage) complain(reader, at, `${name} has no image: write image: REFERENCE below it`);
  const settings = withDefaults(own, defaults);
  const flags = flagsOf(settings, context);
  const command = settings.command ?? [];
  // What is wrong by itself is wrong together too.
  if (reader.problems.length === before) {
    const problem = await problemOfAll(flags, command);
    if (problem !== undefined) complain(reader, at, `${name}: ${problem}`);
  }
  const said = new Set([...Object.keys(settings.flags), ...Object.keys(settings.run)]);
  return { name, line: at.line, said, image: settings.image ?? '', command, flags };
}

/** What only shows when all settings of an image are seen together, or the files that they name. */
async function problemOfAll(flags: SlimmingFlags, command: readonly string[]): Promise<string | undefined> {
  try {
    const scenarios = parseScenarios(flags, command);
    requireProvedUser(parseResult(flags).user, scenarios);
    parseDebugImage(flags);
    await parseSelection(flags);
    return undefined;
  } catch (error) {
    return inKeys(error);
  }
}
