import { goRune, goWords } from './go-text.js';
import type { Healthcheck, ImageConfig } from './image.js';

/** A step of how an image was made, as its config's history tells it (OCI image-spec config.md, "history"). */
export interface HistoryStep {
  /** As it would stand in a Dockerfile; a comment where nothing tells. */
  readonly instruction: string;
  /** Which layer it made, from 0, bottom first; null for a step that made none. */
  readonly layer: number | null;
  /** RFC 3339; null when it isn't told. */
  readonly created: string | null;
  /** What the history doesn't tell of it, in words: which files were copied, where words end. Null when it is all there. */
  readonly guess: string | null;
}

/** As `history` stands in an image's config. */
interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  readonly empty_layer?: true;
}

/** So much of one step is read: builders cut theirs at some thousand characters. */
const longestStep = 65_536;

/**
 * The Dockerfile that an image's history tells of, first step first. Of the classic builder (`#(nop)`), BuildKit
 * (`# buildkit`), buildah and imports; what anything else wrote is told as a comment. `layerCount` as the image has them: a
 * history that tells of another number is not matched with them.
 */
export function readHistory(
  history: readonly object[],
  config: ImageConfig,
  layerCount: number,
): readonly HistoryStep[] {
  const entries = history as readonly HistoryEntry[];
  const tellsLayers = entries.filter((entry) => entry.empty_layer !== true).length === layerCount;
  let layer = 0;
  const steps = entries.map((entry) => {
    const isEmpty = entry.empty_layer === true;
    const own = isEmpty || !tellsLayers ? null : layer;
    if (!isEmpty) layer += 1;
    return { ...readStep(entry, isEmpty), layer: own, created: entry.created ?? null };
  });
  return withHealthcheck(steps, config.Healthcheck);
}

/** The last health check is the config's, which has all of it; earlier ones tell what was written of them. */
function withHealthcheck(steps: readonly HistoryStep[], current: Healthcheck | undefined): readonly HistoryStep[] {
  const last = steps.findLastIndex(({ instruction }) => instruction.startsWith('HEALTHCHECK '));
  if (current === undefined) return steps;
  return steps.map((step, at) => (at === last ? { ...step, ...sure(renderHealthcheck(current)) } : step));
}

type Told = Pick<HistoryStep, 'instruction' | 'guess'>;

const sure = (instruction: string): Told => ({ instruction, guess: null });

function readStep({ created_by: by = '', comment = '' }: HistoryEntry, isEmpty: boolean): Told {
  const text = by.slice(0, longestStep).trim();
  if (text === '') {
    if (/^Imported from/i.test(comment))
      return { instruction: `# ${comment}`, guess: 'an import tells nothing of what is in it' };
    return { instruction: comment === '' ? '# an untold step' : `# ${comment}`, guess: 'its history doesn’t tell' };
  }
  const nop = text.indexOf(noOperation);
  if (nop > 0 && shellAtStart.exec(text.slice(0, Math.min(nop, longestShell)))?.[0].length === nop)
    return readInstruction(text.slice(nop + noOperation.length).trim());
  if (text.endsWith(fromBuildkit)) return readInstruction(text.slice(0, -fromBuildkit.length).trim());
  if (isInstruction(text)) return readInstruction(text);
  return readRun(text, isEmpty);
}

/** How the classic builder marks a step that ran nothing. */
const noOperation = '#(nop)';
const fromBuildkit = '# buildkit';

const instructions = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

function isInstruction(text: string): boolean {
  return instructions.has(/^[A-Z]+(?=\s)/.exec(text)?.[0] ?? '');
}

function readInstruction(text: string): Told {
  const [, name = '', rest = ''] = /^([A-Z]+)\s*([\s\S]*)$/.exec(text) ?? [];
  switch (name) {
    case 'RUN':
      return readRun(rest, false);
    case 'ADD':
    case 'COPY':
      return readCopy(name, rest);
    case 'EXPOSE':
      return sure(`EXPOSE ${portsOf(rest)}`);
    case 'ENV':
    case 'LABEL':
      return readPairs(name, rest);
    case 'VOLUME':
    case 'SHELL':
    case 'ENTRYPOINT':
    case 'CMD':
      return readWords(name, rest);
    case 'HEALTHCHECK':
      return readHealthcheck(rest);
    case '':
      return { instruction: `# ${oneLine(text)}`, guess: 'no instruction of a Dockerfile' };
    default:
      return sure(`${name} ${rest}`);
  }
}

/** Go prints lists as `["a" "b"]`, or as `[a b]`, where nothing tells which spaces part the words. */
function readWords(name: string, rest: string): Told {
  if (!rest.startsWith('[') || !rest.endsWith(']') || isJson(rest)) return sure(`${name} ${rest}`);
  const inside = rest.slice(1, -1);
  if (inside.startsWith('"')) return sure(`${name} ${JSON.stringify(goWords(inside))}`);
  const words = inside === '' ? [] : inside.split(' ');
  const instruction = `${name} ${JSON.stringify(words)}`;
  return { instruction, guess: words.length > 1 ? 'where its words begin and end' : null };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Variables and labels; builders write them down without the quotes that they had. */
function readPairs(name: 'ENV' | 'LABEL', rest: string): Told {
  const starts = [...rest.matchAll(/(?<!\S)[A-Za-z_][\w./-]*=/g)];
  if (starts[0]?.index !== 0) return sure(`${name} ${rest}`);
  let hasQuoted = false;
  const pairs = starts.map(({ 0: key, index }, at) => {
    const value = rest.slice(index + key.length, starts[at + 1]?.index).trimEnd();
    if (!/[\s"'\\]/.test(value) || isQuoted(value)) return key + value;
    hasQuoted = true;
    return `${key}"${value.replace(/["\\]/g, '\\$&')}"`;
  });
  return { instruction: `${name} ${pairs.join(' ')}`, guess: hasQuoted ? 'where its values begin and end' : null };
}

function isQuoted(value: string): boolean {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') && !value.slice(1, -1).includes('"');
}

/** Go prints a set of ports as `map[80/tcp:{} 443/tcp:{}]`, and a list of them as `[80/tcp 443/tcp]`. */
function portsOf(text: string): string {
  if (!text.endsWith(']')) return text;
  if (text.startsWith('map[')) return text.slice('map['.length, -1).replaceAll(':{}', '');
  return text.startsWith('[') ? text.slice(1, -1) : text;
}

/**
 * A shell's line, behind the ARGs that it saw (`|1 VERSION=2 /bin/sh -c …`): steps of their own tell those. Words without a
 * shell are the exec form, or a guess.
 */
function readRun(text: string, isEmpty: boolean): Told {
  const [counted = ''] = /^\|\d{1,3}\s/.exec(text) ?? [];
  const line = text.slice(counted.length);
  const shell = (counted === '' ? shellAtStart : shellAnywhere).exec(line.slice(0, longestShell));
  if (shell !== null) return sure(runOf(line.slice(shell.index + shell[0].length).trim()));
  if (isEmpty) return { instruction: `# ${oneLine(line)}`, guess: 'no instruction of a Dockerfile' };
  return { instruction: runOf(line), guess: 'that it was run at all, and where its words begin and end' };
}

/** Several lines came in a heredoc; a history has what was between its marks. */
function runOf(script: string): string {
  const [first = '', ...others] = script.split('\n');
  const isPlain = others.length === 0 || first.includes('<<') || first.endsWith('\\');
  if (isPlain) return `RUN ${script}`;
  let mark = 'EOF';
  while (script.includes(mark)) mark += '_';
  return `RUN <<${mark}\n${script}\n${mark}`;
}

/** A shell stands within so many characters, behind the ARGs. */
const longestShell = 4096;
const shell = String.raw`\/[\w./-]*sh(?: -[a-z]*o \w+| -[a-z]*[abd-z])* -[a-z]*c `;
const shellAtStart = new RegExp(`^${shell}`);
const shellAnywhere = new RegExp(`(?<!\\S)${shell}`);

/** The classic builder names sources by digest, and forgets a space: `--chown=app:appdir:… in /app`. */
function readCopy(name: 'ADD' | 'COPY', rest: string): Told {
  const found = /(file|dir|multi):([0-9a-f]{12})[0-9a-f]{52} in /.exec(rest);
  const flags = rest.slice(0, found?.index ?? 0).trim();
  if (found === null || (flags !== '' && !flags.startsWith('--'))) {
    const isInline = /^(?:--\S+ )*<</.test(rest);
    return {
      instruction: `${name} ${rest}`,
      guess: isInline ? 'what the Dockerfile has for it' : 'whether that is from the build context, or another stage',
    };
  }
  const [marked, kind, digest] = found;
  const target = rest.slice(found.index + marked.length).trim();
  return {
    instruction: [name, flags, `${kind}:${digest}`, target].filter((word) => word !== '').join(' '),
    guess: 'which file that was, of the build context or another stage',
  };
}

/** `&{["CMD-SHELL" "curl …"] "30s" "3s" "0s" '\x03'}` as Go prints it; newer ones have a start interval before the retries. */
function readHealthcheck(text: string): Told {
  const words = text.lastIndexOf(']');
  if (!/^&?\{\[/.test(text) || words === -1) return sure(`HEALTHCHECK ${text}`);
  const test = goWords(text.slice(text.indexOf('[') + 1, words));
  const times = goWords(text.slice(words));
  const retries = goRune(text.slice(words));
  const names = ['interval', 'timeout', 'start-period', 'start-interval'];
  const options = names.flatMap((name, at) => (isTime(times[at]) ? [`--${name}=${times[at]}`] : []));
  return sure(healthcheckOf(retries > 0 ? [...options, `--retries=${retries}`] : options, test));
}

function isTime(text: string | undefined): boolean {
  return text !== undefined && text !== '' && !/^0s?$/.test(text);
}

function renderHealthcheck({ Test: test = [], ...rest }: Healthcheck): string {
  const times = [
    ['interval', rest.Interval],
    ['timeout', rest.Timeout],
    ['start-period', rest.StartPeriod],
    ['start-interval', rest.StartInterval],
  ] as const;
  const options = times.flatMap(([name, value]) => (value ? [`--${name}=${renderDuration(value)}`] : []));
  return healthcheckOf(rest.Retries ? [...options, `--retries=${rest.Retries}`] : options, test);
}

function healthcheckOf(options: readonly string[], [kind, ...words]: readonly string[]): string {
  if (kind === 'NONE') return 'HEALTHCHECK NONE';
  const command = kind === 'CMD-SHELL' ? words.join(' ') : JSON.stringify(words);
  return ['HEALTHCHECK', ...options, 'CMD', command].join(' ');
}

/** Nanoseconds as a Dockerfile has them. */
function renderDuration(nanoseconds: number): string {
  const seconds = nanoseconds / 1e9;
  return Number.isInteger(seconds) ? `${seconds}s` : `${nanoseconds / 1e6}ms`;
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}
