import { renamedRules } from './renamed-rules.js';
import { ownComments } from './render-lock.js';

/**
 * A lock's text with the comments that people wrote into the one before: each stays above the rule that it stood above, or at
 * its end, by whatever name the next build has for the rule's file. Comments on rules that are gone are returned, to be told.
 */
export function keepComments(
  text: string,
  before: string,
): { readonly text: string; readonly lost: readonly string[] } {
  const above = new Map<string, readonly string[]>();
  const beside = new Map<string, string>();
  let pending: string[] = [];
  for (const { line, key } of keyed(before)) {
    if (isComment(line)) {
      if (!ownComments.has(line.trim())) pending.push(line);
      continue;
    }
    if (key === undefined) continue;
    if (pending.length > 0) above.set(key, pending);
    pending = [];
    const [, aside] = /^[^"]*\S( +#.*)$|"( +#[^"]*)$/.exec(line)?.filter((one) => one !== undefined) ?? [];
    if (aside !== undefined) beside.set(key, aside);
  }
  const renamed = renamedRules(keysOf(before), keysOf(text));
  const nameBefore = new Map([...renamed].map(([was, is]) => [is, was]));
  const lines = keyed(text).flatMap(({ line, key }) => {
    if (key === undefined || isComment(line)) return [line];
    const was = nameBefore.get(key) ?? key;
    const kept = [...(above.get(was) ?? []), line + (beside.get(was) ?? '')];
    above.delete(was);
    beside.delete(was);
    return kept;
  });
  return {
    text: [...lines.slice(0, -1), ...pending, ''].join('\n'),
    lost: [...[...above.values()].flat(), ...beside.values()].map((line) => line.trim()),
  };
}

/** Lines with what they are about: the section and its rule; undefined for comments and empty lines. */
export function keyed(text: string): readonly { readonly line: string; readonly key: string | undefined }[] {
  let section = '';
  return text.split('\n').map((line) => {
    if (line.trim() === '' || isComment(line)) return { line, key: undefined };
    const name = /^\s*(?:- )?("(?:[^"\\]|\\.)*"|.+?)(?::(?= |$)|(?= #)|$)/.exec(line)?.[1] ?? line;
    if (!line.startsWith(' ')) section = name;
    return { line, key: line.startsWith(' ') ? `${section}\0${name}` : name };
  });
}

/** All that a lock's text has lines about. */
export function keysOf(text: string): ReadonlySet<string> {
  return new Set(keyed(text).flatMap(({ key }) => key ?? []));
}

function isComment(line: string): boolean {
  return /^\s*#/.test(line);
}
