import type { ImageTree } from './image-tree.js';

/** A part of the image as the map draws it: a directory, a package, a layer, or a file. */
export interface MapNode {
  readonly name: string;
  /** The entry it is; undefined for what only groups others. */
  readonly entry: number | undefined;
  readonly parent: MapNode | undefined;
  readonly children: MapNode[];
  /** Bytes of it that are in the slim image, and that aren't. */
  stayed: number;
  went: number;
  files: number;
}

export const groupings = ['directory', 'package', 'layer'] as const;

export type Grouping = (typeof groupings)[number];

/** The whole image below one node, the largest parts first. Directories with one child only are one with it. */
export function groupTree(tree: ImageTree, grouping: Grouping): MapNode {
  const root = grouping === 'directory' ? makeNode('/', 0) : makeNode(`all ${grouping}s`, undefined);
  const tops = new Map<string, MapNode>();
  const directories = new Map<MapNode, Map<number, MapNode>>();
  for (let at = 0; at < tree.count; at += 1) {
    if (tree.typeOf(at) === 'd') continue;
    const top = grouping === 'directory' ? root : topFor(groupOf(tree, at, grouping), tops, root);
    const above = directoryNode(tree, tree.parentOf(at), { top, directories });
    const node = makeNode(tree.nameOf(at), at, above);
    above.children.push(node);
    const size = tree.sizeOf(at);
    const isIn = tree.isIn(at);
    for (let each: MapNode | undefined = node; each !== undefined; each = each.parent) {
      if (isIn) each.stayed += size;
      else each.went += size;
      each.files += 1;
    }
  }
  return settle(root);
}

function groupOf(tree: ImageTree, at: number, grouping: Grouping): string {
  if (grouping === 'layer') return tree.layerOf(at);
  return tree.packageOf(at) || (tree.stateOf(at) === 'b' ? 'of the base' : 'of no package');
}

function topFor(name: string, tops: Map<string, MapNode>, root: MapNode): MapNode {
  const known = tops.get(name);
  if (known !== undefined) return known;
  const top = makeNode(name, undefined, root);
  root.children.push(top);
  tops.set(name, top);
  return top;
}

interface Place {
  readonly top: MapNode;
  readonly directories: Map<MapNode, Map<number, MapNode>>;
}

/** The node of a directory below one group. */
function directoryNode(tree: ImageTree, at: number, place: Place): MapNode {
  if (at <= 0) return place.top;
  const own = place.directories.get(place.top) ?? new Map<number, MapNode>();
  place.directories.set(place.top, own);
  const known = own.get(at);
  if (known !== undefined) return known;
  const above = directoryNode(tree, tree.parentOf(at), place);
  const node = makeNode(tree.nameOf(at), at, above);
  above.children.push(node);
  own.set(at, node);
  return node;
}

function makeNode(name: string, entry: number | undefined, parent?: MapNode): MapNode {
  return { name, entry, parent, children: [], stayed: 0, went: 0, files: 0 };
}

/** Sorts, and joins what has one child that has children: `/usr` with nothing but `share` is `usr/share`. */
function settle(root: MapNode): MapNode {
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const [index, child] of node.children.entries()) {
      let last = child;
      let name = child.name;
      for (let [only] = last.children; last.entry !== undefined && only !== undefined; [only] = last.children) {
        if (last.children.length > 1 || only.children.length === 0) break;
        name = `${name}/${only.name}`;
        last = only;
      }
      if (last !== child) {
        const joined = { ...last, name, parent: node };
        for (const each of joined.children) (each as { parent: MapNode | undefined }).parent = joined;
        node.children[index] = joined;
      }
    }
    node.children.sort((left, right) => sizeOf(right) - sizeOf(left) || (left.name < right.name ? -1 : 1));
    for (const child of node.children) if (child.children.length > 0) pending.push(child);
  }
  return root;
}

export function sizeOf({ stayed, went }: MapNode): number {
  return stayed + went;
}
