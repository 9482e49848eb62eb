import { formatCount } from '../../amount.js';
import { type Html, html, nothing } from './html.js';

/** A list that is folded away under its title and count; nothing when it is empty. */
export function foldedList(title: string, items: readonly (string | Html)[]): Html {
  if (items.length === 0) return nothing;
  return html`<details><summary>${title} <span class="count">${formatCount(items.length)}</span></summary>${plainList(items)}</details>`;
}

/** More than so many rows may have to be scrolled. */
const mostUnscrolled = 10;

/** A long one can be scrolled with the keyboard too: not every browser lets its reader get to what has no `tabindex`. */
export function plainList(items: readonly (string | Html)[]): Html {
  const reachable = items.length > mostUnscrolled ? html` tabindex="0"` : nothing;
  return html`<ul class="list"${reachable}>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** A short fact: its name, and what it is. */
export function fact(name: string, value: string | Html): Html {
  return html`<div class="fact"><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** Facts of a section; nothing when there are none. */
export function facts(all: readonly Html[]): Html {
  return all.length === 0 ? nothing : html`<dl class="facts">${all}</dl>`;
}

/** A section of the page under its heading. */
export function pageSection(id: string, title: string, parts: readonly Html[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${parts.length === 0 ? html`<p class="empty">Nothing to tell.</p>` : parts}
</section>`;
}

/** Text of several lines as they are. */
export function lines(all: readonly string[]): Html {
  return html`<pre tabindex="0">${all.map((line) => html`${line}\n`)}</pre>`;
}
