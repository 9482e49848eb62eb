import { printable } from '../format.js';

/** HTML that is safe to be put into a page: made by {@link html} alone. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Text is escaped, {@link Html} is not; lists are joined. */
type Value = string | number | Html | readonly Html[];

/**
 * A template in which every text is escaped, so that none of an image's can be markup, reorder the line or hide; what
 * stands between double quotes is safe as an attribute too.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  let text = strings[0] ?? '';
  for (const [at, value] of values.entries()) text += renderValue(value) + (strings[at + 1] ?? '');
  return new Html(text);
}

export const nothing = new Html('');

function renderValue(value: Value): string {
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.join('');
  return escapeHtml(printable(String(value)));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * JSON for a `<script type="application/json">`: the parser of HTML ends such an element at `</script`, and takes `<!--` for
 * the start of a comment (HTML, 4.12.1.3), so no `<` is left.
 */
export function embedJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
