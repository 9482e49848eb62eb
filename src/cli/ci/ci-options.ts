import { SlimtraceError } from '../../errors.js';
import type { Phase } from '../../events.js';
import type { CiSettings } from '../configuration/ci-keys.js';
import type { EngineFlags } from '../flags.js';
import { parseSeconds } from '../parse-flags.js';
import type { PlatformFlags } from './platform-options.js';

/** What was given on the command line of `ci`; what wasn't, the configuration may say. */
export interface CiFlags extends EngineFlags, Partial<PlatformFlags> {
  readonly config?: string;
  readonly concurrency?: string;
  readonly failFast?: true;
  readonly deadline?: readonly string[];
  /** True without a file. */
  readonly resume?: string | true;
  readonly accepted?: string;
  readonly accept?: true;
  readonly report?: string;
  readonly html?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** What one image's work may take, in milliseconds, by phase and in `total`. */
export type Deadlines = Readonly<Partial<Record<Phase | 'total', number>>>;

export interface CiOptions {
  readonly concurrency: number;
  readonly failFast: boolean;
  readonly deadlines: Deadlines;
  readonly isResuming: boolean;
  /** Undefined: at its usual place. */
  readonly stateFile: string | undefined;
  readonly acceptedFile: string | undefined;
  readonly accepts: boolean;
  readonly reportFile: string | undefined;
  /** For a page for each image. */
  readonly htmlDirectory: string | undefined;
  readonly platform: PlatformFlags;
}

/** Both together; a flag wins over its key in the configuration. Throws `usage`. */
export function parseCiOptions(flags: CiFlags, settings: CiSettings): CiOptions {
  const acceptedFile = flags.accepted ?? settings.accepted;
  if (flags.accept === true && acceptedFile === undefined)
    throw new SlimtraceError('usage', {
      problem: '--accept has no file to write the sizes to',
      hint: 'give one with --accepted FILE, or as `accepted` below `ci` in the configuration',
    });
  const deadlines = Object.entries(settings.deadlines).map(([name, time]) => `${name}=${time}`);
  return {
    concurrency: parseConcurrency(flags.concurrency ?? settings.concurrency ?? '2'),
    failFast: flags.failFast ?? settings.failFast ?? false,
    deadlines: parseDeadlines([...deadlines, ...(flags.deadline ?? [])]),
    isResuming: flags.resume !== undefined,
    stateFile: typeof flags.resume === 'string' ? flags.resume : settings.state,
    acceptedFile,
    accepts: flags.accept === true,
    reportFile: flags.report ?? settings.report,
    htmlDirectory: flags.html ?? settings.html,
    platform: platformOf(flags, settings),
  };
}

function platformOf(flags: CiFlags, settings: CiSettings): PlatformFlags {
  const { platform = settings.platform ?? 'auto' } = flags;
  const given = { junit: undefined, metrics: undefined, dotenv: undefined, markdown: undefined };
  const files = Object.keys(given).flatMap((key) => {
    const kind = key as keyof typeof given;
    const file = flags[kind] ?? settings[kind];
    return file === undefined ? [] : [[kind, file] as const];
  });
  return { platform: platform as PlatformFlags['platform'], ...Object.fromEntries(files) };
}

/** How many images at once. More would only wait for each other. Throws `usage`. */
export function parseConcurrency(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new SlimtraceError('usage', {
    problem: `--concurrency ${JSON.stringify(text)} is not a number from 1 to 99`,
  });
}

const phases: Readonly<Record<Phase | 'total', true>> = {
  read: true,
  open: true,
  baseline: true,
  trace: true,
  select: true,
  build: true,
  verify: true,
  total: true,
};

/** `PHASE=TIME`, or a time for `total`; the last of one phase wins. Throws `usage`. */
export function parseDeadlines(texts: readonly string[]): Deadlines {
  const deadlines: Partial<Record<Phase | 'total', number>> = {};
  for (const text of texts) {
    const [, name = 'total', time = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(text) ?? [];
    if (!Object.hasOwn(phases, name))
      throw new SlimtraceError('usage', {
        problem: `--deadline ${JSON.stringify(text)}: ${JSON.stringify(name)} is no phase`,
        hint: `phases are ${Object.keys(phases).join(', ')}`,
      });
    deadlines[name as Phase] = parseSeconds(time, `--deadline ${name}`, 1) * 1000;
  }
  return deadlines;
}
