import { renderPlace } from '../build/secrets/secret.js';
import type { Duplicate, LayerAccount, WastedFile } from '../image/archive/account-layers.js';
import type { HistoryStep } from '../image/history.js';
import type { ImageInspection, WeighedPackage } from '../inspect-image.js';

/** What `slimtrace inspect` found, as plain data; the shape of `--json`. Sizes in bytes, lists whole. */
export interface InspectReport {
  readonly schemaVersion: 1;
  readonly kind: 'inspect';
  readonly slimtraceVersion: string;
  readonly reference: string;
  readonly id: string;
  readonly names: readonly string[];
  readonly platform: string;
  readonly created: string;
  readonly sizeBytes: number;
  readonly distribution: string | null;
  /** What decides how it runs. Names of variables only: values may be what nobody should see. */
  readonly config: {
    readonly user: string;
    readonly entrypoint: readonly string[];
    readonly cmd: readonly string[];
    readonly workdir: string;
    readonly env: readonly string[];
    readonly ports: readonly string[];
    readonly volumes: readonly string[];
    readonly healthcheck: readonly string[];
    readonly stopSignal: string | null;
  };
  /** Bottom first; null when they weren't read. */
  readonly layers: readonly InspectedLayer[] | null;
  /** Null when the layers weren't read. */
  readonly waste: {
    /** Contents that a later layer hides, and that are moved and stored all the same. */
    readonly bytes: number;
    /** Share of all layers' contents that the finished image shows, 0 to 1. */
    readonly efficiency: number;
    readonly files: readonly WastedFile[];
  } | null;
  readonly duplicates: readonly Duplicate[] | null;
  readonly directories: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly files: number;
    /** Other listed directories lie in this one, and aren't counted here. */
    readonly isRest: boolean;
  }[];
  readonly largestFiles: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly files: number;
  readonly setuidFiles: readonly string[];
  readonly capabilities: readonly string[];
  readonly worldWritable: readonly string[];
  readonly shells: readonly string[];
  readonly packageManagers: readonly string[];
  readonly compilers: readonly string[];
  readonly interpreters: readonly string[];
  /** Largest first. */
  readonly packages: readonly WeighedPackage[];
  readonly secrets: readonly { readonly place: string; readonly what: string }[];
  /** In files that a later layer replaces or removes; null when the layers weren't read. By the layer that brought them. */
  readonly hiddenSecrets: readonly HiddenSecretReport[] | null;
  /** How it was made, first step first; null when that wasn't read. */
  readonly history: readonly HistoryStep[] | null;
  readonly durationMs: number;
}

/** Layers are numbers from 0, bottom first. */
export interface HiddenSecretReport {
  readonly place: string;
  readonly what: string;
  readonly broughtBy: number;
  /** The instruction that brought it, as far as it is known. */
  readonly instruction: string | null;
  readonly hiddenBy: number;
  readonly how: WastedFile['how'];
}

export interface InspectedLayer extends LayerAccount {
  /** The instruction that made it, as far as it is known. */
  readonly instruction: string | null;
  /** Bytes of it that later layers hide. */
  readonly wastedBytes: number;
}

/** The report of an inspection. Same image, same report, but for the duration. */
export function buildInspectReport(inspection: ImageInspection, slimtraceVersion: string): InspectReport {
  const { reference, id, names, platform, created, sizeBytes, account, census, secrets } = inspection;
  const { programs } = census;
  return {
    schemaVersion: 1,
    kind: 'inspect',
    slimtraceVersion,
    reference,
    id,
    names,
    platform: [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/'),
    created,
    sizeBytes,
    distribution: inspection.distribution ?? null,
    config: reportConfig(inspection),
    layers: account === undefined ? null : reportLayers(inspection, account.layers),
    waste: account === undefined ? null : reportWaste(account.layers, account.wasted),
    duplicates: account?.duplicates ?? null,
    directories: inspection.directories.map(({ path, bytes, files, isRest }) => ({ path, bytes, files, isRest })),
    largestFiles: inspection.largestFiles,
    files: census.files,
    setuidFiles: census.setuidFiles,
    capabilities: inspection.capable,
    worldWritable: inspection.worldWritable,
    shells: census.shells,
    packageManagers: programs.packageManagers,
    compilers: programs.compilers,
    interpreters: programs.interpreters,
    packages: inspection.packages,
    secrets: secrets.map((secret) => ({ place: renderPlace(secret), what: secret.what })),
    hiddenSecrets: account === undefined ? null : reportHidden(inspection),
    history: account === undefined ? null : inspection.history,
    durationMs: Math.round(inspection.durationMs),
  };
}

function reportConfig({ config }: ImageInspection): InspectReport['config'] {
  return {
    user: config.User ?? '',
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    workdir: config.WorkingDir ?? '',
    env: (config.Env ?? []).map((variable) => variable.split('=')[0] ?? ''),
    ports: Object.keys(config.ExposedPorts ?? {}),
    volumes: Object.keys(config.Volumes ?? {}),
    healthcheck: config.Healthcheck?.Test ?? [],
    stopSignal: config.StopSignal ?? null,
  };
}

function reportLayers(
  { history, account }: Pick<ImageInspection, 'history' | 'account'>,
  layers: readonly LayerAccount[],
): readonly InspectedLayer[] {
  const instructions = instructionsOf(history);
  const wasted = new Map<number, number>();
  for (const { broughtBy, sizeBytes } of account?.wasted ?? [])
    wasted.set(broughtBy, (wasted.get(broughtBy) ?? 0) + sizeBytes);
  return layers.map((layer, at) => ({
    ...layer,
    instruction: instructions.get(at) ?? null,
    wastedBytes: wasted.get(at) ?? 0,
  }));
}

/** By layer. */
function instructionsOf(history: readonly HistoryStep[]): ReadonlyMap<number, string> {
  return new Map(history.flatMap((step) => (step.layer === null ? [] : [[step.layer, step.instruction] as const])));
}

function reportHidden({ hiddenSecrets, history }: ImageInspection): readonly HiddenSecretReport[] {
  const instructions = instructionsOf(history);
  return hiddenSecrets.map((secret) => {
    const { what, broughtBy, hiddenBy, how } = secret;
    const instruction = instructions.get(broughtBy) ?? null;
    return { place: renderPlace(secret), what, broughtBy, instruction, hiddenBy, how };
  });
}

function reportWaste(layers: readonly LayerAccount[], files: readonly WastedFile[]): InspectReport['waste'] {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const all = layers.reduce((sum, { contentBytes }) => sum + contentBytes, 0);
  return { bytes, efficiency: all === 0 ? 1 : 1 - bytes / all, files };
}
