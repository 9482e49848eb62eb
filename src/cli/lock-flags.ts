import { compareSettings } from '../selection/lock/compare-lock.js';
import type { DriftChange } from '../selection/lock/drift.js';
import type { Lock, LockedFlags } from '../selection/lock/lock.js';
import { declareSlimming } from './configuration/config-keys.js';
import type { ScenarioFlags } from './flags.js';
import type { SlimmingFlags, SlimRequest } from './slim-request.js';

/** Flags that shape what is kept, or what becomes of it; what is only written beside, and times, are free. */
const shaping = [
  'include',
  'includeFrom',
  'exclude',
  'includeShell',
  'certs',
  'without',
  'granularity',
  'packs',
  'nft',
  'base',
  'distrolessFrom',
  'layers',
  'user',
  'healthcheck',
  'packageRecords',
] as const satisfies readonly (keyof SlimmingFlags)[];

/** What of the flags a lock is to say. */
export function flagsToLock(flags: SlimmingFlags): Pick<Lock, 'options' | 'scenarios'> {
  return { options: lockedOptions(flags), scenarios: flags.runs.map(lockedScenario) };
}

/** A request with all that a lock says and the command line doesn't, and where the two differ. */
export function withLock(
  { image, command, flags }: SlimRequest,
  lock: Lock,
): { readonly request: SlimRequest; readonly optionChanges: readonly DriftChange[] } {
  const given = lockedOptions(flags);
  const both = (name: string) => name in given && name in lock.options;
  const optionChanges = compareSettings(
    'option',
    inWords(lock.options, both),
    inWords(given, (name) => both(name) || name in given),
  );
  const taken = Object.fromEntries(
    Object.entries(lock.options).flatMap(([name, value]) => (name in given ? [] : [[camelCase(name), value]])),
  );
  const isPlain = flags.runs.length === 1 && Object.keys(lockedScenario(flags.runs[0])).length === 0;
  const [shared = {}, ...named] = lock.scenarios.map(toScenario);
  return {
    request: {
      image,
      command: command.length === 0 && isPlain ? lock.command : command,
      flags: { ...flags, ...taken, ...(isPlain ? { runs: [shared, ...named] as const } : {}) },
    },
    optionChanges,
  };
}

function inWords(flags: LockedFlags, isMeant: (name: string) => boolean): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(flags).flatMap(([name, value]) =>
      isMeant(name) ? [[`--${name}`, typeof value === 'object' ? value.join(', ') : String(value)]] : [],
    ),
  );
}

/** The flags that say something else than without them. */
function lockedOptions(flags: SlimmingFlags): LockedFlags {
  const unset = declareSlimming().opts<SlimmingFlags>();
  return Object.fromEntries(
    shaping.flatMap((name) => {
      const given = flags[name];
      // Packs may stand in the configuration itself; it is there wherever the lock is.
      const value = Array.isArray(given)
        ? (given as readonly unknown[]).filter((one) => typeof one === 'string')
        : given;
      if (Array.isArray(value) && value.length === 0) return [];
      if (value === undefined || value === unset[name] || (name === 'certs' && value === true)) return [];
      return [[kebabCase(name), value]];
    }),
  );
}

/** Values of variables are nobody's to review: they may be secrets. */
function lockedScenario({ env, ...flags }: ScenarioFlags): LockedFlags {
  const names = env?.map((variable) => variable.split('=', 1)[0] ?? '');
  const all = { ...flags, ...(names === undefined ? {} : { env: names }) };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[kebabCase(name), value]],
    ),
  );
}

function toScenario(flags: LockedFlags): ScenarioFlags {
  return Object.fromEntries(Object.entries(flags).map(([name, value]) => [camelCase(name), value]));
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
