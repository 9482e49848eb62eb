import type { Healthcheck, ImageConfig } from './image.js';

/** A step of how an image was made, as its config's history tells it (OCI image-spec config.md, "history"). */
export interface HistoryStep {
  /** As it would stand in a Dockerfile; a comment where nothing tells. */
  readonly instruction: string;
  /** Which layer it made, from 0, bottom first; null for a step that made none. */
  readonly layer: number | null;
  /** RFC 3339; null when it isn't told. */
  readonly created: string | null;
  /** What isn't in the history, in words: where the files of a COPY came from, the stages before. Null when it is all there. */
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
  const lastHealthcheck = entries.findLastIndex(({ created_by: by = '' }) => /(?:^|\)\s+)HEALTHCHECK\b/.test(by));
  let layer = 0;
  return entries.map((entry, at) => {
    const isEmpty = entry.empty_layer === true;
    const own = isEmpty || !tellsLayers ? null : layer;
    if (!isEmpty) layer += 1;
    const isCurrent = at === lastHealthcheck && config.Healthcheck !== undefined;
    const step =
      isCurrent && config.Healthcheck ? sure(renderHealthcheck(config.Healthcheck)) : readStep(entry, isEmpty);
    return { ...step, layer: own, created: entry.created ?? null };
  });
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
  if (nop > 0 && /sh -c $/.test(text.slice(0, nop)))
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
      return sure(`EXPOSE ${namesOfMap(rest)}`);
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
  const inside = /^\[([\s\S]*)\]$/.exec(rest)?.[1];
  if (inside === undefined || inside === '' || isJson(rest)) return sure(`${name} ${rest}`);
  if (!inside.startsWith('"'))
    return { instruction: `${name} ${JSON.stringify(inside.split(' '))}`, guess: 'where its words begin and end' };
  const words = quotedWords(inside);
  return sure(`${name} ${JSON.stringify(words)}`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function quotedWords(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word.replace(/\\(.)/g, '$1'));
}

/** Go prints the set of ports as `map[80/tcp:{} 443/tcp:{}]`. */
function namesOfMap(text: string): string {
  const inside = /^map\[([\s\S]*)\]$/.exec(text)?.[1];
  return inside === undefined ? text : inside.replaceAll(':{}', '');
}

/** A shell's line, with the ARGs it saw (`|1 VERSION=2 /bin/sh -c …`); words without a shell are the exec form, or a guess. */
function readRun(text: string, isEmpty: boolean): Told {
  const [, count, after = ''] = /^\|(\d{1,3})\s+([\s\S]*)$/.exec(text) ?? [];
  const line = count === undefined ? text : after;
  const shell = (count === undefined ? shellAtStart : shellAnywhere).exec(line.slice(0, longestShell));
  if (shell !== null) {
    const args = count === undefined ? '' : argumentsIn(line.slice(0, shell.index));
    const instruction = `RUN ${line.slice(shell.index + shell[0].length).trim()}`;
    return { instruction, guess: args === '' ? null : `with ARG ${args}` };
  }
  if (isEmpty) return { instruction: `# ${oneLine(line)}`, guess: 'no instruction of a Dockerfile' };
  return { instruction: `RUN ${line}`, guess: 'that it was run at all, and where its words begin and end' };
}

/** A shell stands within so many characters, behind the ARGs. */
const longestShell = 4096;
const shellAtStart = /^\/[\w./-]*sh(?: -o \w+| -[a-z]*[abd-z])* -[a-z]*c /;
const shellAnywhere = /(?<=^|\s)\/[\w./-]*sh(?: -o \w+| -[a-z]*[abd-z])* -[a-z]*c /;

/** Names only: their values may be what nobody should see, and are in the image all the same. */
function argumentsIn(text: string): string {
  return [...text.matchAll(/(?:^|\s)([A-Za-z_]\w*)=/g)].map(([, name]) => name).join(', ');
}

/** The classic builder names sources by digest: `file:… in /`, `dir:… in /app`, `multi:…`. */
function readCopy(name: 'ADD' | 'COPY', rest: string): Told {
  const [, flags = '', source, target] =
    /^((?:--\S+\s+)*(?:--\S+?)?)\s*((?:file|dir|multi|archive):[0-9a-f]{12,})\s+in\s+([\s\S]+)$/.exec(rest.trim()) ??
    [];
  if (source === undefined || target === undefined) return { instruction: `${name} ${rest}`, guess: null };
  const short = source.replace(/:([0-9a-f]{12})[0-9a-f]*$/, ':$1');
  return {
    instruction: `${name} ${flags}${short} ${target.trim()}`,
    guess: 'which file of the build context that was',
  };
}

/** `&{["CMD-SHELL" "curl …"] "30s" "3s" "0s" '\x03'}` as Go prints it; older ones have nanoseconds. */
function readHealthcheck(text: string): Told {
  const [, words = '', rest = ''] = /^&?\{\[([\s\S]*)\]\s*([^\]]*)\}$/.exec(text) ?? [];
  if (words === '') return sure(`HEALTHCHECK ${text}`);
  const test = quotedWords(words);
  const times = [...rest.matchAll(/"([^"]*)"/g)].map(([, time = '']) => time);
  const names =
    times.length > 3
      ? ['interval', 'timeout', 'start-period', 'start-interval']
      : ['interval', 'timeout', 'start-period'];
  const options = names.flatMap((name, at) => (isTime(times[at]) ? [`--${name}=${times[at]}`] : []));
  return { instruction: healthcheckOf(options, test), guess: 'replaced by a later one' };
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
