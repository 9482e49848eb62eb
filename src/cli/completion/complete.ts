import type { Command } from 'commander';
import { engineNames } from './engine-names.js';
import { splitLine } from './split-line.js';
import { type Candidate, type Completion, type DynamicKind, whatToComplete } from './what-to-complete.js';

/** What the shells' scripts ask for; {@link completeLine} answers. */
export const completionShells = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof completionShells)[number];

/** Ways to name an archive; the rest is a path. */
const transports = [
  { value: 'docker-archive:', description: 'a tar of docker save', dynamic: 'files' },
  { value: 'oci-archive:', description: 'a tar of an OCI layout', dynamic: 'files' },
  { value: 'oci:', description: 'a directory with an OCI layout', dynamic: 'directories' },
] as const;

/**
 * Answers a shell: a line for each candidate, `VALUE<TAB>DESCRIPTION`, and last what the shell is to do itself:
 * `:files:PREFIX` or `:directories:PREFIX` to complete names of files after PREFIX, `:nospace` when the word goes on,
 * else `:end`.
 *
 * @param words for zsh and fish the words after the program, the last of them up to the cursor; for bash its
 * COMP_WORDBREAKS and the line up to the cursor
 */
export async function completeLine(
  program: Command,
  shell: CompletionShell,
  words: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const [wordBreaks = '', line = ''] = words;
  const typed = shell === 'bash' ? splitLine(line).slice(1) : words;
  const { candidates, files } = await withNames(whatToComplete(program, typed), signal);
  const cut = shell === 'bash' ? alreadyThere(typed.at(-1) ?? '', line, wordBreaks) : 0;
  const shown = candidates.map(({ value, description }) => `${value.slice(cut)}\t${description}`);
  const goesOn = candidates.length > 0 && candidates.every(({ value }) => value.endsWith(':'));
  return [...shown, files ?? (goesOn ? ':nospace' : ':end'), ''].join('\n');
}

interface Answer {
  readonly candidates: readonly Candidate[];
  readonly files?: string;
}

async function withNames(
  { candidates, dynamic, prefix, stem, said }: Completion,
  signal: AbortSignal,
): Promise<Answer> {
  const [only] = dynamic;
  if (only === undefined) return { candidates };
  if (only === 'files' || only === 'directories') return { candidates, files: `:${only}:${prefix}` };
  const takesArchives = dynamic.includes('images');
  if (takesArchives) {
    const transport = transports.find(({ value }) => stem.startsWith(value));
    if (transport !== undefined) return { candidates: [], files: `:${transport.dynamic}:${prefix}${transport.value}` };
    if (/^[./~]/.test(stem)) return { candidates: [], files: `:files:${prefix}` };
  }
  const names = await Promise.all(dynamic.map((kind) => namesOf(kind, said, signal)));
  const found = [...names.flat(), ...(takesArchives ? transports : [])].filter(({ value }) => value.startsWith(stem));
  // What no engine knows may be a file.
  if (takesArchives && found.length === 0) return { candidates: [], files: `:files:${prefix}` };
  return { candidates: found.map(({ value, description }) => ({ value: `${prefix}${value}`, description })) };
}

async function namesOf(
  kind: DynamicKind,
  said: Completion['said'],
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  if (kind === 'images' || kind === 'containers') {
    const names = await engineNames(kind, said.get('--engine'), signal);
    return names.map((value) => ({ value, description: '' }));
  }
  if (kind !== 'keys') return [];
  const { configuredKeys } = await import('./configured-keys.js');
  return await configuredKeys(said.get('--config'));
}

/** To bash a word ends at each of COMP_WORDBREAKS that isn't quoted: it replaces only what comes after the last of them. */
function alreadyThere(word: string, line: string, wordBreaks: string): number {
  const isQuoted = /["'][^\s]*$/.test(line);
  if (isQuoted) return 0;
  return Math.max(...[...':=@'].filter((one) => wordBreaks.includes(one)).map((one) => word.lastIndexOf(one) + 1), 0);
}
