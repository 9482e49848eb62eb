import { looksWrong } from './error-line.js';
import { couldFollow } from './moment.js';
import type { Token, TokenKind } from './tokens.js';

/** A place in a line where the runs of the original differ. */
export interface Gap {
  /** In words: `the date`. */
  readonly mask: string;
  /** Some run of the original has nothing here. */
  readonly isOptional: boolean;
  /** Whether a token of another run may stand here, among others that do. */
  accepts(token: Token): boolean;
}

/** So long a text of letters, digits and these marks is taken for an encoded one. */
const encodedLength = 16;
const encodingMarks = new Set('-_+/=.~:%');
const sentenceMarks = new Set(',.;:!?\'"()-');

/** Letters alone that are none of a word, when they vary. */
const mixedCase = /\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll}/u;

/** What a kind may look like by luck: an id of digits only is one still. */
const alsoLooksLike: Partial<Record<TokenKind, readonly TokenKind[]>> = {
  id: ['number', 'word', 'duration', 'uuid'],
  uuid: ['id', 'number', 'word'],
};

/** Learns what may stand where the originals have `slices`; none of them need have anything there. */
export function learnGap(slices: readonly (readonly Token[])[]): Gap {
  const tokens = slices.flat();
  const seen = new Set(tokens.map(({ kind }) => kind));
  if (isEncoded(slices) || tokens.some(({ kind, text }) => kind === 'word' && mixedCase.test(text))) seen.add('id');
  const kinds = new Set([...seen, ...[...seen].flatMap((kind) => alsoLooksLike[kind] ?? [])]);
  const marks = new Set(tokens.flatMap(({ kind, text }) => (kind === 'mark' ? [text] : [])));
  const isSentence = seen.has('word') && seen.has('space');
  // Other encodings have marks, at which a token ends.
  const isHexadecimal =
    (seen.has('id') || seen.has('uuid')) &&
    slices.every(([token, ...more]) => more.length === 0 && /^[\da-f-]+$/i.test(token?.text ?? ''));
  // One by one: a long line has more tokens than a call takes arguments.
  const shortest = tokens.reduce((least, { text }) => Math.min(least, text.length), Number.POSITIVE_INFINITY) / 2;
  const longest = tokens.reduce((most, { text }) => Math.max(most, text.length), 0) * 2;
  const textsOf = (wanted: TokenKind) => tokens.filter(({ kind }) => kind === wanted).map(({ text }) => text);
  const times = { date: textsOf('date'), time: textsOf('time') };
  const isWrongAnyway = textsOf('word').some(looksWrong);
  const accepts = ({ kind, text }: Token): boolean => {
    if (kind === 'mark' && text === '-' && seen.has('number')) return true;
    if (kind === 'mark')
      return marks.has(text) || (seen.has('id') && encodingMarks.has(text)) || (isSentence && sentenceMarks.has(text));
    if (!kinds.has(kind)) return false;
    if (kind === 'date' || kind === 'time') return couldFollow(text, times[kind]);
    if (kind === 'word') return isWrongAnyway || !looksWrong(text);
    return !isHexadecimal || (text.length >= shortest && text.length <= longest);
  };
  return { mask: describe(seen), isOptional: slices.some(({ length }) => length === 0), accepts };
}

function isEncoded(slices: readonly (readonly Token[])[]): boolean {
  return slices.every(
    (slice) =>
      slice.length > 1 &&
      slice.reduce((sum, { text }) => sum + text.length, 0) >= encodedLength &&
      slice.every(({ kind, text }) => kind !== 'space' && (kind !== 'mark' || encodingMarks.has(text))),
  );
}

function describe(seen: ReadonlySet<TokenKind>): string {
  const has = (...kinds: readonly TokenKind[]) => [...seen].every((kind) => kinds.includes(kind));
  if (has('date')) return 'the date';
  if (has('time')) return 'the time';
  if (has('number', 'mark', 'space')) return 'a number';
  if (has('date', 'time', 'space', 'mark', 'number')) return 'the time';
  if (has('duration', 'number', 'space')) return 'a duration';
  if (has('address', 'number', 'mark')) return 'an address';
  if (has('word')) return 'a word';
  if (has('id', 'uuid', 'number', 'word', 'mark', 'duration') && (seen.has('id') || seen.has('uuid'))) return 'an id';
  return 'some text';
}
