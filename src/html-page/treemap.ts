import { formatCount } from '../amount.js';
import { formatBytes, formatPercent } from '../report/format.js';
import { byId, make, makeChoice } from './elements.js';
import { type Grouping, groupings, groupTree, type MapNode, sizeOf } from './groups.js';
import type { ImageTree } from './image-tree.js';
import { directions, nearestBox } from './nearest-box.js';
import { type Rectangle, squarify } from './squarify.js';

/** Smaller parts of a part are drawn as one, in CSS pixels. */
const smallestSide = 7;
/** Room for a name above what is in a part. */
const captionHeight = 18;
const mostParts = 2000;

/** The map of the image: what is in one part of it, each part divided again while there is room. */
export class Treemap {
  readonly #tree: ImageTree;
  readonly #onFile: (entry: number) => void;
  readonly #place = byId('treemap');
  readonly #roots = new Map<Grouping, MapNode>();
  #grouping: Grouping = 'directory';
  #shown: MapNode;
  #cells: { readonly node: MapNode; readonly element: HTMLElement; readonly box: Rectangle }[] = [];
  #current = 0;
  #drawn = 0;

  /** `onFile` is told of a file that was chosen. */
  constructor(tree: ImageTree, onFile: (entry: number) => void) {
    this.#tree = tree;
    this.#onFile = onFile;
    this.#shown = this.#root();
    const choices = groupings.map((value) => ({ value, label: `by ${value}` }));
    makeChoice(byId('map-groups'), 'grouping', choices, (grouping) => {
      this.#grouping = grouping;
      this.#show(this.#root());
    });
    this.#place.addEventListener('keydown', (event) => this.#onKey(event));
    let width = 0;
    new ResizeObserver(() => {
      if (this.#place.clientWidth === width) return;
      width = this.#place.clientWidth;
      this.#draw();
    }).observe(this.#place);
  }

  #root(): MapNode {
    const root = this.#roots.get(this.#grouping) ?? groupTree(this.#tree, this.#grouping);
    this.#roots.set(this.#grouping, root);
    return root;
  }

  /** Goes to a part, the keyboard with it. */
  #show(node: MapNode, from?: MapNode): void {
    const hadFocus = this.#place.contains(document.activeElement);
    this.#shown = node;
    this.#current = 0;
    this.#draw();
    const before = this.#cells.findIndex((cell) => cell.node === from);
    if (before !== -1) this.#current = before;
    this.#mark(hadFocus);
  }

  #open(node: MapNode): void {
    if (node.children.length > 0) this.#show(node);
    else if (node.entry !== undefined) this.#onFile(node.entry);
  }

  #up(): void {
    if (this.#shown.parent !== undefined) this.#show(this.#shown.parent, this.#shown);
  }

  #draw(): void {
    this.#drawTrail();
    this.#drawn = 0;
    this.#cells = [];
    const within = { x: 0, y: 0, width: this.#place.clientWidth, height: this.#place.clientHeight };
    const parts = this.#shown.children.filter((node) => sizeOf(node) > 0);
    const boxes = squarify(parts.map(sizeOf), within);
    const elements: HTMLElement[] = [];
    let hidden = 0;
    for (const [at, node] of parts.entries()) {
      const box = boxes[at];
      if (box === undefined || box.width < 3 || box.height < 3 || at >= mostParts) {
        hidden += 1;
        continue;
      }
      const element = this.#makePart(node, box, 0);
      element.setAttribute('role', 'option');
      element.setAttribute('aria-label', describe(node));
      element.tabIndex = -1;
      element.addEventListener('click', () => {
        this.#current = this.#cells.findIndex((cell) => cell.element === element);
        this.#mark(true);
        this.#open(node);
      });
      element.addEventListener('focus', () => this.#tell(node));
      element.addEventListener('mouseenter', () => this.#tell(node));
      this.#cells.push({ node, element, box });
      elements.push(element);
    }
    this.#place.replaceChildren(...elements);
    if (elements.length === 0) this.#place.append(make('p', 'empty', 'Nothing of any size is in here.'));
    this.#mark(false);
    this.#tell(this.#shown, hidden);
  }

  #drawTrail(): void {
    const steps: MapNode[] = [];
    for (let node: MapNode | undefined = this.#shown; node !== undefined; node = node.parent) steps.unshift(node);
    const items = steps.map((node, at) => {
      if (at === steps.length - 1) return make('strong', '', node.name);
      const button = make('button', '', node.name);
      button.type = 'button';
      button.addEventListener('click', () => this.#show(node, steps[at + 1]));
      return button;
    });
    byId('map-trail').replaceChildren(...items);
  }

  #makePart(node: MapNode, box: Rectangle, depth: number): HTMLElement {
    this.#drawn += 1;
    const isLeaf = node.children.length === 0;
    const element = make('div', `part depth-${Math.min(depth, 3)}${isLeaf ? ' file' : ''}`);
    element.style.left = `${box.x}px`;
    element.style.top = `${box.y}px`;
    element.style.width = `${Math.max(1, box.width - 1)}px`;
    element.style.height = `${Math.max(1, box.height - 1)}px`;
    const hasCaption = box.width > 44 && box.height > captionHeight + 4;
    if (hasCaption && node.name !== '') {
      const caption = make('span', 'caption', make('span', 'name', node.name));
      if (box.width > 120) caption.append(make('span', 'amount', formatBytes(sizeOf(node))));
      element.append(caption);
    }
    const inside = depth < 3 && !isLeaf ? this.#makeInside(node, box, { hasCaption, depth }) : [];
    if (inside.length > 0) element.append(...inside);
    else fill(element, node);
    return element;
  }

  /** The parts of a part; none when there is no room for them. */
  #makeInside(
    node: MapNode,
    box: Rectangle,
    { hasCaption, depth }: { readonly hasCaption: boolean; readonly depth: number },
  ): HTMLElement[] {
    const top = hasCaption ? captionHeight : 1;
    const room = { x: 1, y: top, width: box.width - 3, height: box.height - top - 2 };
    if (room.width < 3 * smallestSide || room.height < 2 * smallestSide || this.#drawn > mostParts) return [];
    const parts = node.children.filter((child) => sizeOf(child) > 0);
    const boxes = squarify(parts.map(sizeOf), room);
    const elements: HTMLElement[] = [];
    const rest = { ...node, stayed: 0, went: 0, files: 0, children: [] };
    let restBox: Rectangle | undefined;
    for (const [at, child] of parts.entries()) {
      const own = boxes[at];
      if (own === undefined) continue;
      if (restBox === undefined && Math.min(own.width, own.height) >= smallestSide && this.#drawn < mostParts) {
        elements.push(this.#makePart(child, own, depth + 1));
        continue;
      }
      // The largest come first: what follows is smaller still, and drawn together.
      restBox = restBox === undefined ? own : around(restBox, own);
      rest.stayed += child.stayed;
      rest.went += child.went;
    }
    if (restBox !== undefined && elements.length > 0) {
      const element = this.#makePart({ ...rest, name: '' }, restBox, 3);
      element.classList.add('rest');
      elements.unshift(element);
    }
    return elements;
  }

  #mark(focuses: boolean): void {
    for (const [at, { element }] of this.#cells.entries()) element.tabIndex = at === this.#current ? 0 : -1;
    if (focuses) this.#cells[this.#current]?.element.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const cell = this.#cells[this.#current];
    const direction = directions[event.key];
    if (direction !== undefined && cell !== undefined) {
      const next = nearestBox(
        this.#cells.map(({ box }) => box),
        cell.box,
        direction,
      );
      if (next !== undefined) this.#current = next;
      this.#mark(true);
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (cell !== undefined) this.#open(cell.node);
    } else if (event.key === 'Home' || event.key === 'End') {
      this.#current = event.key === 'Home' ? 0 : this.#cells.length - 1;
      this.#mark(true);
    } else if (event.key === 'Backspace' || event.key === 'Escape') this.#up();
    else return;
    event.preventDefault();
  }

  #tell(node: MapNode, hidden = 0): void {
    const more = hidden > 0 ? `; ${formatCount(hidden)} parts are too small to be drawn` : '';
    byId('map-status').textContent = `${describe(node)}${more}`;
  }
}

function describe(node: MapNode): string {
  const all = sizeOf(node);
  const share = all === 0 ? '' : ` (${formatPercent(node.stayed / all)})`;
  const files = node.children.length === 0 ? '' : `, ${formatCount(node.files)} ${node.files === 1 ? 'file' : 'files'}`;
  return `${node.name}: ${formatBytes(all)}${files}; ${formatBytes(node.stayed)} stayed${share}, ${formatBytes(node.went)} went`;
}

/** What stayed from the left, what went from the right. */
function fill(element: HTMLElement, node: MapNode): void {
  const share = sizeOf(node) === 0 ? 0 : node.stayed / sizeOf(node);
  element.classList.add(share === 1 ? 'stayed' : share === 0 ? 'went' : 'mixed');
  if (share > 0 && share < 1) element.style.setProperty('--share', `${(share * 100).toFixed(1)}%`);
}

function around(one: Rectangle, other: Rectangle): Rectangle {
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y,
  };
}
