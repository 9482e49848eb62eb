import type { EntryType } from '../../image/file-tree.js';
import { parentOfReason, type Reason } from '../../selection/reason.js';
import { doubtWords } from '../confidence-human.js';
import { printable } from '../format.js';
import type { FullReport } from '../full-report.js';
import { renderReason } from '../reason-text.js';
import { plainStyle } from '../style.js';
import { describeFate } from '../why-human.js';
import { Interned } from './interned.js';
import { type ListedEntry, listEntries } from './list-entries.js';
import type { EntryLetter, PageData, PageEntries, PageTableRow } from './page-data.js';

const letters: Readonly<Partial<Record<EntryType, EntryLetter>>> = { file: 'f', directory: 'd', symlink: 'l' };

/** What the page needs of a report, small: names once each, reasons by number. */
export function buildPageData(report: FullReport): PageData {
  const listed = listEntries(report);
  const indexes = new Map<string, number>();
  // The original's entry, where slimtrace or the base has another one of its name.
  for (const [at, { path, state }] of listed.entries())
    if (!indexes.has(path) || (state !== 'w' && state !== 'b')) indexes.set(path, at);
  return {
    entries: encodeEntries(listed),
    ...encodeReasons(listed, indexes),
    headlines: headlinesOf(report),
    links: textsOf(listed, ({ link }) => link),
    exclusions: textsOf(listed, ({ excludedBy }) => excludedBy),
    remarks: remarksOf(report, indexes),
    packages: packageRows(report),
  };
}

function encodeEntries(listed: readonly ListedEntry[]): PageEntries {
  const packages = new Interned(['']);
  const layers = new Interned();
  return {
    names: listed.map(({ path }) => printable(path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1))),
    depths: listed.map(({ path }) => (path === '/' ? 0 : path.split('/').length - 1)),
    types: listed.map(({ type }) => letters[type] ?? 's').join(''),
    states: listed.map(({ state }) => state).join(''),
    sizes: listed.map(({ sizeBytes }) => sizeBytes),
    packages: listed.map((entry) => packages.indexOf(printable(entry.package))),
    packageNames: packages.texts,
    layers: listed.map(({ layer }) => layers.indexOf(layer)),
    layerNames: layers.texts,
  };
}

function encodeReasons(
  listed: readonly ListedEntry[],
  indexes: ReadonlyMap<string, number>,
): Pick<PageData, 'reasons' | 'reasonTexts'> {
  const texts = new Interned();
  const reasons: Record<string, number[]> = {};
  for (const [at, { path, reasons: own }] of listed.entries()) {
    if (own.length === 0) continue;
    reasons[at] = own.flatMap((reason) => {
      const parent = parentOfReason(reason);
      return [texts.indexOf(templateOf(reason, path, parent)), (parent && indexes.get(parent)) ?? -1];
    });
  }
  return { reasons, reasonTexts: texts.texts };
}

/** The reason in words, with the paths that vary taken out: most reasons of an image are a few dozen texts. */
function templateOf(reason: Reason, path: string, parent: string | undefined): string {
  const text = renderReason(reason);
  const open = parent === undefined || parent === '/' ? text : text.replaceAll(printable(parent), '\u0001');
  return path === '/' ? open : open.replaceAll(printable(path), '\u0002');
}

function headlinesOf({ slim, base }: FullReport): PageData['headlines'] {
  const own = { image: slim.reference, base: undefined, isWritten: false };
  const left = { kind: 'not-asked-for' } as const;
  return {
    k: describeFate({ kind: 'kept' }, own, plainStyle),
    o: describeFate(left, own, plainStyle),
    x: describeFate({ kind: 'excluded', pattern: '\u0001' }, own, plainStyle).replace(printable('\u0001'), '\u0001'),
    b: describeFate(left, { ...own, base: base?.name }, plainStyle),
    w: describeFate(left, { ...own, isWritten: true }, plainStyle),
  };
}

function textsOf(
  listed: readonly ListedEntry[],
  textOf: (entry: ListedEntry) => string | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listed.flatMap((entry, at) => {
      const text = textOf(entry);
      return text === undefined ? [] : [[at, printable(text)]];
    }),
  );
}

/** Doubts, with the file that would be loaded, and with the one that would load it. */
function remarksOf(
  { confidence: { doubts } }: FullReport,
  indexes: ReadonlyMap<string, number>,
): Readonly<Record<string, readonly string[]>> {
  const remarks: Record<string, string[]> = {};
  for (const doubt of doubts) {
    const about = 'target' in doubt && doubt.target !== undefined ? [doubt.parent, doubt.target] : [doubt.parent];
    for (const path of about) {
      const at = indexes.get(path);
      if (at === undefined) continue;
      remarks[at] ??= [];
      remarks[at].push(doubtWords(doubt));
    }
  }
  return remarks;
}

function packageRows({ keptPackages, gone }: FullReport): readonly PageTableRow[] {
  const kept = keptPackages.map(
    ({ type, name, version, extent, filesKept, files }): PageTableRow => [
      type,
      printable(name),
      printable(version),
      extent,
      filesKept,
      files,
    ],
  );
  const went = gone.packages.map(
    ({ type, name, version }): PageTableRow => [type, printable(name), printable(version), 'gone', 0, 0],
  );
  return [...kept, ...went];
}
