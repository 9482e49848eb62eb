import { comparePaths, type EntryType } from '../../image/file-tree.js';
import { asImagePath } from '../../image/path.js';
import type { Reason } from '../../selection/reason.js';
import type { FullReport, OriginalEntry } from '../full-report.js';
import { layerNames } from '../layers-human.js';
import { moduleOf } from '../why-include.js';
import type { EntryState } from './page-data.js';

/** One entry of the original or of the slim image, as the page shows it. */
export interface ListedEntry {
  readonly path: string;
  readonly type: EntryType;
  readonly state: EntryState;
  readonly sizeBytes: number;
  /** Empty for none. */
  readonly package: string;
  /** In words. */
  readonly layer: string;
  readonly reasons: readonly Reason[];
  readonly link: string | undefined;
  readonly excludedBy: string | undefined;
}

/**
 * Everything that was in the original, and what the slim image has from elsewhere, in depth-first order, a directory
 * before what is in it. A file that slimtrace replaced is there twice: as it was, and as it is.
 */
export function listEntries(report: FullReport): readonly ListedEntry[] {
  const kept = new Map(report.kept.map(([path, reasons, layer]) => [path, { reasons, layer }]));
  const excluded = new Map(report.excluded);
  const original = report.tree.map((row) => originalEntry(row, { kept, excluded, report }));
  const there = new Set(report.tree.map(([path]) => path));
  const added = addedEntries(report).filter(({ path, type }) => !(there.has(path) && type === 'directory'));
  // What a kept entry is in the base as well is one entry.
  const others = added.filter(({ path, state }) => !(state === 'b' && kept.has(path)));
  return sortByPath(withParents([...original, ...others]));
}

interface Kept {
  readonly reasons: readonly Reason[];
  readonly layer: number | null;
}

interface Fates {
  readonly kept: ReadonlyMap<string, Kept>;
  readonly excluded: ReadonlyMap<string, string>;
  readonly report: FullReport;
}

function originalEntry(
  [path, type, owner, sizeBytes, layer, link]: OriginalEntry,
  { kept, excluded, report }: Fates,
): ListedEntry {
  const fate = kept.get(path);
  const excludedBy = excluded.get(path);
  return {
    path,
    type,
    sizeBytes,
    package: owner ?? moduleName(path),
    link,
    excludedBy: fate === undefined ? excludedBy : undefined,
    reasons: fate?.reasons ?? [],
    state: fate !== undefined ? 'k' : excludedBy !== undefined ? 'x' : 'o',
    layer: fate === undefined ? originalLayer(layer, report) : slimLayer(fate.layer, report),
  };
}

/** What the slim image has beside the original's. */
function addedEntries(report: FullReport): readonly ListedEntry[] {
  const plain = { package: '', reasons: [], link: undefined, excludedBy: undefined };
  const written = report.written.map(
    ([path, type, sizeBytes, layer]): ListedEntry => ({
      ...plain,
      ...{ path, type, sizeBytes, state: 'w', layer: slimLayer(layer, report) },
    }),
  );
  const base = report.fromBase.map(
    ([path, type, sizeBytes, link]): ListedEntry => ({
      ...plain,
      ...{ path, type, sizeBytes, link, state: 'b', layer: slimLayer(null, report) },
    }),
  );
  return [...written, ...base];
}

function originalLayer(layer: number | null, { original }: FullReport): string {
  return layer === null
    ? 'original: layer unknown (it was read from an engine)'
    : `original: layer ${layer + 1} of ${original.layers}`;
}

function slimLayer(layer: number | null, { layers }: FullReport): string {
  if (layer === null) return 'slim: the base’s layers';
  const kind = layers[layer]?.kind;
  const name = kind === undefined || kind === 'all' ? '' : ` (${layerNames[kind]})`;
  return `slim: layer ${layer + 1} of ${layers.length}${name}`;
}

/** By whose name a file goes that no system's package owns: `express`, `@scope/name`; empty when it is in no module. */
function moduleName(path: string): string {
  const module = moduleOf(asImagePath(path));
  if (module === undefined) return '';
  const [name = '', scope = ''] = module.split('/').reverse();
  return scope.startsWith('@') ? `${scope}/${name}` : name;
}

/** Directories that nobody listed, of entries that the base or slimtrace brings. */
function withParents(listed: readonly ListedEntry[]): readonly ListedEntry[] {
  const there = new Set(listed.map(({ path }) => path));
  const missing: ListedEntry[] = [];
  const need = (path: string, like: ListedEntry) => {
    if (there.has(path)) return;
    there.add(path);
    missing.push({ ...like, path, type: 'directory', sizeBytes: 0, package: '', link: undefined, reasons: [] });
    if (path !== '/') need(path.slice(0, path.lastIndexOf('/')) || '/', like);
  };
  for (const entry of listed)
    if (entry.path !== '/') need(entry.path.slice(0, entry.path.lastIndexOf('/')) || '/', entry);
  return [...listed, ...missing];
}

/** Depth first: `/` sorts before every other character of a name. A directory comes after what else has its name. */
function sortByPath(listed: readonly ListedEntry[]): readonly ListedEntry[] {
  return listed
    .map((entry) => ({ key: entry.path === '/' ? '' : entry.path.replaceAll('/', '\0'), entry }))
    .sort((left, right) => comparePaths(left.key, right.key) || rank(left.entry) - rank(right.entry))
    .map(({ entry }) => entry);
}

function rank({ type }: ListedEntry): number {
  return type === 'directory' ? 1 : 0;
}
