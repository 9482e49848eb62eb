import { formatBytes } from '../report/format.js';
import { renderFlag } from '../report/why-pattern.js';
import type { ChainStep } from '../selection/chains.js';
import { byId, make } from './elements.js';
import type { ImageTree, PageReason } from './image-tree.js';

/** Chains that are shown at first. */
const shownChains = 3;

type Chain = readonly ChainStep<number, PageReason>[];

/** Shows what `slimtrace why` says of an entry; `onPath` is told of another one that is gone to. */
export function showDetails(tree: ImageTree, entry: number, onPath: (entry: number) => void): void {
  const place = byId('file-details');
  const isIn = tree.isIn(entry);
  const fate = make(
    'p',
    'fate',
    make('span', `tag ${isIn ? 'stayed' : 'went'}`, isIn ? 'in' : 'out'),
    ` ${tree.fateOf(entry)}`,
  );
  const link = (to: number) => makeLink(tree, to, onPath);
  place.replaceChildren(make('h3', 'path', tree.pathOf(entry)), fate, makeFacts(tree, entry));
  if (tree.stateOf(entry) === 'k') place.append(...makeChains(tree, entry, link));
  if (!isIn) place.append(...makeAdvice(tree, entry, link));
  const remarks = tree.remarksOf(entry);
  if (remarks.length > 0)
    place.append(make('h4', '', 'Not sure'), make('ul', 'list', ...remarks.map((remark) => make('li', '', remark))));
  place.scrollTop = 0;
}

function makeFacts(tree: ImageTree, entry: number): HTMLElement {
  const types = { f: 'file', d: 'directory', l: 'symlink', s: 'special file' };
  const type = tree.typeOf(entry);
  const facts: (readonly [string, string | undefined])[] = [
    ['type', types[type]],
    ['leads to', tree.linkOf(entry)],
    ['size', type === 'f' ? formatBytes(tree.sizeOf(entry)) : undefined],
    ['package', tree.packageOf(entry) || undefined],
    ['layer', type === 'd' ? undefined : tree.layerOf(entry)],
  ];
  const list = make('dl', 'facts');
  for (const [name, value] of facts)
    if (value !== undefined) list.append(make('div', 'fact', make('dt', '', name), make('dd', '', value)));
  return list;
}

function makeChains(tree: ImageTree, entry: number, link: (to: number) => Node): Node[] {
  const chains = tree.chainsOf(entry);
  const lists = chains.map((chain, at) => makeChain(tree, chain, { at, link }));
  const [shown, more] = [lists.slice(0, shownChains), lists.slice(shownChains)];
  const nodes: Node[] = [make('h4', '', 'Why'), ...shown];
  if (more.length > 0) {
    const button = make('button', '', `${more.length} more`);
    button.type = 'button';
    button.addEventListener('click', () => button.replaceWith(...more));
    nodes.push(button);
  }
  return nodes;
}

function makeChain(
  tree: ImageTree,
  chain: Chain,
  { at, link }: { readonly at: number; readonly link: (to: number) => Node },
): HTMLElement {
  const list = make('ol', 'chain');
  if (at > 0) list.setAttribute('aria-label', 'and also');
  for (const [depth, { path, reason }] of chain.entries()) {
    const item = make('li', '');
    if (depth > 0) item.append(link(path), ': ');
    item.append(...reasonNodes(tree, { path, reason }, link));
    list.append(item);
  }
  return list;
}

/** The reason's words, with the paths in them to be gone to. */
function reasonNodes(
  tree: ImageTree,
  { path, reason }: ChainStep<number, PageReason>,
  link: (to: number) => Node,
): (Node | string)[] {
  const { parent } = reason;
  return reason.text.split(/([\u0001\u0002])/).map((part) => {
    if (part === '\u0001') return parent === undefined ? '' : link(parent);
    return part === '\u0002' ? tree.pathOf(path) : part;
  });
}

function makeAdvice(tree: ImageTree, entry: number, link: (to: number) => Node): Node[] {
  const near = make('p', '', 'The nearest kept directory: ', link(tree.nearestKept(entry)));
  if (tree.stateOf(entry) === 'x') return [near];
  return [near, make('p', '', 'To keep it: ', make('code', '', renderFlag('--include', tree.pathOf(entry))))];
}

function makeLink(tree: ImageTree, to: number, onPath: (entry: number) => void): HTMLElement {
  const button = make('button', 'link', tree.pathOf(to));
  button.type = 'button';
  button.addEventListener('click', () => onPath(to));
  return button;
}
