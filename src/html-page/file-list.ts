import { formatCount } from '../amount.js';
import { formatBytes } from '../report/format.js';
import { byId, make, makeChoice } from './elements.js';
import { type FileQuery, fileStates, findFiles } from './find-files.js';
import type { ImageTree } from './image-tree.js';

const rowHeight = 28;
/** Rows that are drawn above and below those that are seen. */
const spareRows = 10;

const labels = { all: 'all', stayed: 'stayed', went: 'went', added: 'added' };

/** The list of all files; only the rows that are seen are in the page. */
export class FileList {
  readonly #tree: ImageTree;
  readonly #onChoice: (entry: number) => void;
  readonly #place = byId('file-list');
  readonly #rows = make('div', 'rows');
  readonly #search = byId<HTMLInputElement>('search');
  #query: FileQuery = { text: '', show: 'all', order: 'path' };
  #found: readonly number[] = [];
  /** Where in `#found` the keyboard is; -1 for nowhere. */
  #at = -1;

  /** `onChoice` is told of each entry that the person goes to. */
  constructor(tree: ImageTree, onChoice: (entry: number) => void) {
    this.#tree = tree;
    this.#onChoice = onChoice;
    this.#rows.setAttribute('role', 'presentation');
    this.#place.append(this.#rows);
    this.#listen();
    this.#ask({});
  }

  /** Shows an entry, whatever was searched for. */
  reveal(entry: number): void {
    if (!this.#found.includes(entry)) {
      this.#search.value = '';
      const all = byId('file-states').querySelector('input');
      if (all !== null) all.checked = true;
      this.#ask({ text: '', show: 'all' });
    }
    this.#goTo(this.#found.indexOf(entry));
  }

  focusSearch(): void {
    this.#search.scrollIntoView({ block: 'nearest' });
    this.#search.focus();
    this.#search.select();
  }

  #listen(): void {
    const isShown = (show: (typeof fileStates)[number]) =>
      show !== 'added' || findFiles(this.#tree, { text: '', show, order: 'path' }).length > 0;
    const choices = fileStates.filter(isShown).map((value) => ({ value, label: labels[value] }));
    makeChoice(byId('file-states'), 'file-state', choices, (show) => this.#ask({ show }));
    const order = byId<HTMLSelectElement>('file-order');
    order.addEventListener('change', () => this.#ask({ order: order.value === 'size' ? 'size' : 'path' }));
    this.#search.addEventListener('input', () => this.#ask({ text: this.#search.value }));
    this.#search.addEventListener('keydown', (event) => this.#onSearchKey(event));
    this.#place.addEventListener('keydown', (event) => this.#onListKey(event));
    this.#place.addEventListener('scroll', () => this.#draw(), { passive: true });
    this.#place.addEventListener('focus', () => {
      if (this.#at === -1 && this.#found.length > 0) this.#goTo(0);
    });
    new ResizeObserver(() => this.#draw()).observe(this.#place);
  }

  #ask(changed: Partial<FileQuery>): void {
    const before = this.#found[this.#at];
    this.#query = { ...this.#query, ...changed };
    this.#found = findFiles(this.#tree, this.#query);
    this.#at = before === undefined ? -1 : this.#found.indexOf(before);
    const bytes = this.#found.reduce((sum, entry) => sum + this.#tree.sizeOf(entry), 0);
    const what = this.#found.length === 1 ? '1 entry' : `${formatCount(this.#found.length)} entries`;
    byId('file-count').textContent =
      this.#found.length === 0 ? 'Nothing of that name.' : `${what}, ${formatBytes(bytes)}`;
    this.#rows.style.height = `${this.#found.length * rowHeight}px`;
    this.#place.scrollTop = Math.max(0, this.#at * rowHeight - this.#place.clientHeight / 2);
    this.#draw();
  }

  #draw(): void {
    const top = this.#place.scrollTop;
    const first = Math.max(0, Math.floor(top / rowHeight) - spareRows);
    const last = Math.min(this.#found.length, Math.ceil((top + this.#place.clientHeight) / rowHeight) + spareRows);
    const rows: HTMLElement[] = [];
    for (let at = first; at < last; at += 1) {
      const entry = this.#found[at];
      if (entry !== undefined) rows.push(this.#makeRow(entry, at));
    }
    this.#rows.replaceChildren(...rows);
    const active = this.#at >= first && this.#at < last ? `file-${this.#found[this.#at]}` : undefined;
    if (active === undefined) this.#place.removeAttribute('aria-activedescendant');
    else this.#place.setAttribute('aria-activedescendant', active);
  }

  #makeRow(entry: number, at: number): HTMLElement {
    const tree = this.#tree;
    const isDirectory = tree.typeOf(entry) === 'd';
    const state = stateWords[tree.stateOf(entry)];
    const path = tree.pathOf(entry);
    const cut = path.lastIndexOf('/') + 1;
    const name = make(
      'span',
      'path',
      make('span', 'above', path.slice(0, cut)),
      make('span', 'name', `${path.slice(cut)}${isDirectory && path !== '/' ? '/' : ''}`),
    );
    name.title = path;
    const row = make(
      'div',
      `row ${state}${at === this.#at ? ' chosen' : ''}`,
      make('span', 'tag', state),
      name,
      make('span', 'amount', tree.typeOf(entry) === 'f' ? formatBytes(tree.sizeOf(entry)) : ''),
    );
    row.id = `file-${entry}`;
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(at === this.#at));
    row.setAttribute('aria-setsize', String(this.#found.length));
    row.setAttribute('aria-posinset', String(at + 1));
    row.style.top = `${at * rowHeight}px`;
    row.addEventListener('click', () => this.#goTo(at));
    return row;
  }

  #goTo(at: number): void {
    const entry = this.#found[at];
    if (entry === undefined) return;
    this.#at = at;
    const [top, height] = [at * rowHeight, this.#place.clientHeight];
    if (top < this.#place.scrollTop) this.#place.scrollTop = top;
    else if (top + rowHeight > this.#place.scrollTop + height) this.#place.scrollTop = top + rowHeight - height;
    this.#draw();
    this.#onChoice(entry);
  }

  #onSearchKey(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      this.#place.focus();
      this.#goTo(Math.max(0, this.#at));
    } else if (event.key === 'Escape' && this.#search.value !== '') {
      this.#search.value = '';
      this.#ask({ text: '' });
    } else return;
    event.preventDefault();
  }

  #onListKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#place.clientHeight / rowHeight) - 1);
    const last = this.#found.length - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: this.#at + 1,
      ArrowUp: this.#at - 1,
      PageDown: this.#at + page,
      PageUp: this.#at - page,
      Home: 0,
      End: last,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#goTo(Math.min(last, Math.max(0, to)));
  }
}

const stateWords = { k: 'stayed', o: 'went', x: 'went', b: 'added', w: 'added' } as const;
