import type { Healthcheck, ImageConfig } from '../../image/image.js';
import { type EscapeCharacter, Quoting } from './quote.js';

export interface ConfigText {
  readonly lines: readonly string[];
  /** What a Dockerfile says otherwise: clauses. */
  readonly remarks: readonly string[];
}

/**
 * The instructions that give an image a config. `below` is what the stage inherits; undefined on scratch. Throws
 * `dockerfile-unsayable`.
 */
export function renderConfig(
  config: ImageConfig,
  below: ImageConfig | undefined,
  escapeMark: EscapeCharacter,
): ConfigText {
  const quoting = new Quoting(escapeMark);
  const remarks = inheritedRemarks(config, below);
  const lines = [
    ...variables(config, quoting),
    ...labels(config, quoting, remarks),
    ...names(config.ExposedPorts).map((port) => `EXPOSE ${quoting.word(port, `the exposed port ${port}`)}`),
    ...names(config.Volumes).map((path) => `VOLUME [${JSON.stringify(quoting.word(path, 'a volume'))}]`),
    ...(config.StopSignal ? [`STOPSIGNAL ${quoting.word(config.StopSignal, 'the stop signal')}`] : []),
    ...(config.Shell?.length ? [`SHELL ${JSON.stringify(config.Shell)}`] : []),
    ...healthcheck(config, below, remarks),
    ...workingDirectory(config, below, quoting),
    ...user(config, below, quoting),
    // ENTRYPOINT takes away an inherited CMD, so it comes first.
    ...command('ENTRYPOINT', config.Entrypoint, below?.Entrypoint),
    ...command('CMD', config.Cmd, below?.Cmd),
    ...(config.OnBuild ?? []).map((trigger) => `ONBUILD ${oneLine(trigger)}`),
  ];
  return { lines, remarks };
}

const names = (set: Readonly<Record<string, object>> | null | undefined): readonly string[] =>
  Object.keys(set ?? {}).sort();

function variables({ Env = [] }: ImageConfig, quoting: Quoting): readonly string[] {
  return (Env ?? []).map((line) => {
    const cut = line.includes('=') ? line.indexOf('=') : line.length;
    const name = line.slice(0, cut);
    const what = `the environment variable ${JSON.stringify(name)}`;
    return `ENV ${quoting.word(name, what)}=${quoting.quoted(line.slice(cut + 1), what)}`;
  });
}

function labels({ Labels }: ImageConfig, quoting: Quoting, remarks: string[]): readonly string[] {
  return Object.entries(Labels ?? {}).map(([name, value]) => {
    const oneLine = String(value).replace(/\s*[\n\r]+\s*/g, ' ');
    if (oneLine !== value) remarks.push(`the label ${name} is one line here, where the original has several`);
    return `LABEL ${quoting.word(name, 'the name of a label')}=${quoting.quoted(oneLine, `the label ${name}`)}`;
  });
}

/** A trigger is one line by nature; the parser takes no other. */
function oneLine(trigger: string): string {
  return trigger.replace(/[\n\r]+/g, ' ');
}

function workingDirectory({ WorkingDir }: ImageConfig, below: ImageConfig | undefined, quoting: Quoting): string[] {
  const inherited = below?.WorkingDir || '/';
  const wanted = WorkingDir || '/';
  return wanted === inherited ? [] : [`WORKDIR ${quoting.word(wanted, 'the working directory')}`];
}

function user({ User }: ImageConfig, below: ImageConfig | undefined, quoting: Quoting): string[] {
  if (User) return [`USER ${quoting.word(User, 'the user')}`];
  return below?.User ? ['USER 0'] : [];
}

function command(
  instruction: 'ENTRYPOINT' | 'CMD',
  words: readonly string[] | null | undefined,
  inherited: readonly string[] | null | undefined,
): string[] {
  if (words) return [`${instruction} ${JSON.stringify(words)}`];
  return inherited?.length ? [`${instruction} []`] : [];
}

function healthcheck(
  { Healthcheck: check, Shell }: ImageConfig,
  below: ImageConfig | undefined,
  remarks: string[],
): string[] {
  const [form, ...words] = check?.Test ?? [];
  if (check === undefined || form === undefined || form === 'NONE')
    return form === 'NONE' || below?.Healthcheck ? ['HEALTHCHECK NONE'] : [];
  const flags = [
    ...duration('interval', check.Interval),
    ...duration('timeout', check.Timeout),
    ...duration('start-period', check.StartPeriod),
    ...duration('start-interval', check.StartInterval),
    ...(check.Retries ? [`--retries=${check.Retries}`] : []),
  ];
  if (check.StartInterval) remarks.push('HEALTHCHECK --start-interval needs BuildKit of Docker 25 or later');
  return [['HEALTHCHECK', ...flags, 'CMD', checkCommand(form, words, Shell)].join(' ')];
}

function checkCommand(form: string, words: readonly string[], shell: ImageConfig['Shell']): string {
  if (form === 'CMD') return JSON.stringify(words);
  const line = words.join(' ');
  // As it would be read: a line that looks like an array, ends like one that goes on, or has breaks, is another command.
  const isPlain = /^[^\s[<][^\n\r\0]*[^\s\\`]$/.test(line);
  return isPlain ? line : JSON.stringify([...(shell ?? ['/bin/sh', '-c']), line]);
}

/** Nanoseconds as a Go duration; 0 is the default. */
function duration(flag: string, nanoseconds: Healthcheck['Interval']): string[] {
  if (!nanoseconds) return [];
  const [unit, per] = ([
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ].find(([, length]) => nanoseconds % (length as number) === 0) ?? ['ns', 1]) as [string, number];
  return [`--${flag}=${nanoseconds / per}${unit}`];
}

/** What comes from below and can be replaced, but not taken away. */
function inheritedRemarks(config: ImageConfig, below: ImageConfig | undefined): string[] {
  if (below === undefined) return [];
  const nameOf = (line: string) => line.split('=', 1)[0] as string;
  const own = new Set((config.Env ?? []).map(nameOf));
  const extra = [
    ...(below.Env ?? []).map(nameOf).filter((name) => !own.has(name) && name !== 'PATH'),
    ...names(below.ExposedPorts).filter((port) => config.ExposedPorts?.[port] === undefined),
    ...names(below.Volumes).filter((path) => config.Volumes?.[path] === undefined),
    ...Object.keys(below.Labels ?? {}).filter((label) => config.Labels?.[label] === undefined),
  ];
  return extra.length === 0 ? [] : [`it keeps from its base what a Dockerfile can't take away: ${extra.join(', ')}`];
}
