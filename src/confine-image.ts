import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { apparmorName, renderApparmorProfile, trialName } from './check/confinement/apparmor-profile.js';
import { loadApparmor } from './check/confinement/load-apparmor.js';
import { planSeccomp, renderSeccompProfile } from './check/confinement/seccomp-profile.js';
import { ofWriters } from './check/confinement/syscall-families.js';
import { writtenPaths } from './check/confinement/write-evidence.js';
import { proveUnder } from './check/hardened.js';
import type { Engine, EngineImage } from './engine/engine.js';
import { SlimtraceError } from './errors.js';
import { inPhase } from './events.js';
import { FileTree, type TreeEntry } from './image/file-tree.js';
import type { Image } from './image/image.js';
import { type ExerciseOptions, type ObservedScenario, proofOptions, type SlimContext } from './observe-image.js';
import { type OutputFile, openOutputFile, writeWhole } from './system/output-file.js';
import type { TempDir } from './system/temp-dir.js';
import type { Trace } from './trace/trace.js';

/** Where profiles go that were asked for. */
export interface ConfinementOptions {
  readonly seccompProfile: string | undefined;
  readonly apparmorProfile: string | undefined;
}

/** What came of one profile. Only one that failed its checks isn't written. */
interface ProfileOutcome {
  readonly file: string;
  /** `unproved`: it could not be tried here. */
  readonly state: 'proved' | 'failed' | 'unproved';
  /** Why it isn't proved, in words a person can act on. */
  readonly because: readonly string[];
}

export interface SeccompOutcome extends ProfileOutcome {
  /** How many system calls it allows, by name. */
  readonly syscalls: number;
  /** Made under the trace, and refused all the same: an engine's own profile refuses them too. */
  readonly refused: readonly string[];
}

export interface ApparmorOutcome extends ProfileOutcome {
  /** The profile's own, for `docker run --security-opt apparmor=NAME`. */
  readonly name: string;
}

export interface Confinement {
  readonly seccomp: SeccompOutcome | undefined;
  readonly apparmor: ApparmorOutcome | undefined;
}

/** The files of the profiles that were asked for, ready to be written. */
export interface ProfileOutputs extends AsyncDisposable {
  readonly seccomp: OutputFile | undefined;
  readonly apparmor: OutputFile | undefined;
}

/** A slim image that passed its checks, and what is known of it. */
export interface Confinable {
  readonly slim: EngineImage;
  /** The name it is published under. */
  readonly name: string;
  readonly original: Image;
  /** Everything in the slim image. */
  readonly entries: readonly TreeEntry[];
  /** Of all runs, of both images. */
  readonly trace: Trace;
  readonly scenarios: readonly ObservedScenario[];
  readonly work: TempDir;
}

/** Makes sure, before the work, that the profiles can be made and written. Throws `usage` or `output-unwritable`. */
export async function openProfiles(
  { seccompProfile, apparmorProfile }: ConfinementOptions,
  { trace }: ExerciseOptions,
  engine: Engine,
): Promise<ProfileOutputs> {
  if (seccompProfile !== undefined) requireSeccomp(trace, engine);
  if (
    seccompProfile !== undefined &&
    apparmorProfile !== undefined &&
    resolve(seccompProfile) === resolve(apparmorProfile)
  )
    throw new SlimtraceError('usage', {
      problem: `--seccomp-profile and --apparmor-profile are one file: ${seccompProfile}`,
      hint: 'give each a file of its own',
    });
  const open = async (file: string | undefined) => (file === undefined ? undefined : await openOutputFile(file));
  const seccomp = await open(seccompProfile);
  const apparmor = await open(apparmorProfile).catch(async (error: unknown) => {
    await seccomp?.[Symbol.asyncDispose]();
    throw error;
  });
  return {
    seccomp,
    apparmor,
    async [Symbol.asyncDispose]() {
      await seccomp?.[Symbol.asyncDispose]();
      await apparmor?.[Symbol.asyncDispose]();
    },
  };
}

function requireSeccomp(trace: Trace | undefined, engine: Engine): void {
  if (engine.kind === 'embedded')
    throw new SlimtraceError('usage', {
      problem: 'a seccomp profile can only be proved on docker or podman',
      hint: 'load the archive into one of them (docker load, podman load) and slim it there, or leave out --seccomp-profile',
    });
  if (trace !== undefined && trace.syscalls === undefined)
    throw new SlimtraceError('usage', {
      problem: 'a seccomp profile needs the system calls, and the trace has none',
      hint: 'make it again with slimtrace trace --syscalls',
    });
}

/** Makes the profiles, and the checks of every scenario under each of them. A profile that fails is not written. */
export async function confineImage(
  image: Confinable,
  outputs: ProfileOutputs,
  options: ExerciseOptions & { readonly confinement: ConfinementOptions },
  context: SlimContext,
): Promise<Confinement> {
  const { seccompProfile, apparmorProfile } = options.confinement;
  const { seccomp, apparmor } = outputs;
  if (seccomp === undefined && apparmor === undefined) return { seccomp: undefined, apparmor: undefined };
  const work = async () => ({
    seccomp:
      seccomp && (await confineSyscalls(image, { file: seccompProfile ?? '', output: seccomp }, options, context)),
    apparmor:
      apparmor && (await confineAccess(image, { file: apparmorProfile ?? '', output: apparmor }, options, context)),
  });
  return await inPhase(context.emit, 'verify', work, describeConfinement);
}

interface ProfileFile {
  readonly file: string;
  readonly output: OutputFile;
}

async function confineSyscalls(
  image: Confinable,
  { file, output }: ProfileFile,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<SeccompOutcome> {
  const { trace, slim } = image;
  const traced = trace.syscalls ?? [];
  const implied = writtenPaths(trace).length > 0 ? ofWriters : [];
  const { profile, allowed, refused } = planSeccomp(traced, implied, slim.platform.architecture);
  const text = renderSeccompProfile(profile);
  const path = join(image.work.path, 'seccomp.json');
  await writeFile(path, text);
  const because = await proveScenariosUnder(image, `seccomp=${path}`, options, context);
  if (because.length === 0) await writeWhole(output, text);
  return { file, state: because.length === 0 ? 'proved' : 'failed', because, syscalls: allowed, refused };
}

async function confineAccess(
  image: Confinable,
  { file, output }: ProfileFile,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<ApparmorOutcome> {
  const name = apparmorName(image.name);
  const tried = trialName(name, context.session);
  // On a base, links may lead elsewhere than in the original.
  const tree = new FileTree(image.entries);
  const render = (as: string) =>
    renderApparmorProfile({
      name: as,
      entries: image.entries,
      trace: image.trace,
      volumes: volumesOf(image),
      resolve: (directory) => tree.resolve(directory).entry?.path ?? directory,
    });
  const text = render(name);
  const path = join(image.work.path, 'apparmor');
  await writeFile(path, render(tried));
  const loaded = await loadApparmor(path, context.engine, context.signal);
  if (loaded.kind === 'none') {
    await writeWhole(output, text);
    return { file, name, state: 'unproved', because: [loaded.because] };
  }
  await using _loaded = loaded;
  const because = await proveScenariosUnder(image, `apparmor=${tried}`, options, context);
  if (because.length === 0) await writeWhole(output, text);
  return { file, name, state: because.length === 0 ? 'proved' : 'failed', because };
}

/** Why the checks fail under a profile; nothing when they pass. */
async function proveScenariosUnder(
  { slim, scenarios }: Confinable,
  securityOption: string,
  options: ExerciseOptions,
  context: SlimContext,
): Promise<readonly string[]> {
  const because: string[] = [];
  for (const scenario of scenarios) {
    const proof = { ...proofOptions(scenario, options, context), conditions: { securityOptions: [securityOption] } };
    const verdict = await proveUnder(context.engine, slim.id, scenario.originals, proof);
    if (verdict.runs) continue;
    const reasons = verdict.because.length > 0 ? verdict.because : ['it behaves differently'];
    because.push(...reasons.map((reason) => (scenarios.length === 1 ? reason : `${scenario.name}: ${reason}`)));
  }
  return because;
}

/** Where the image declares volumes, and where the scenarios mount them (`SOURCE:TARGET[:OPTIONS]`, or a path alone). */
function volumesOf({ original, scenarios }: Confinable): readonly string[] {
  const mounted = scenarios.flatMap(({ run }) => run.volumes.map((volume) => volume.split(':')));
  const targets = mounted.map(([source = '', target]) => target ?? source);
  return [...Object.keys(original.config.Volumes ?? {}), ...targets].filter((path) => path.startsWith('/'));
}

function describeConfinement({ seccomp, apparmor }: Confinement): string {
  const said = [
    ...(seccomp === undefined ? [] : [`seccomp profile ${seccomp.state}`]),
    ...(apparmor === undefined ? [] : [`AppArmor profile ${apparmor.state}`]),
  ];
  return said.join(', ');
}
