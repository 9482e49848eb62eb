/** The element of the page with an ID. Throws when the page hasn't it: script and page belong together. */
export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page lacks #${id}`);
  return element as T;
}

/** A new element with a class and what is in it; text is text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

/** Radio buttons that look like one control; arrow keys and Tab are the browser's own. */
export function makeChoice<T extends string>(
  place: HTMLElement,
  name: string,
  choices: readonly { readonly value: T; readonly label: string }[],
  onChange: (value: T) => void,
): void {
  for (const [at, { value, label }] of choices.entries()) {
    const input = make('input', '');
    input.type = 'radio';
    input.name = name;
    input.value = value;
    input.checked = at === 0;
    input.addEventListener('change', () => onChange(value));
    place.append(make('label', '', input, make('span', '', label)));
  }
}
