import { ancestorsOf, type ImagePath, parentOf } from '../../image/path.js';
import type { PlacedFile, PlannedLayer } from '../composition.js';
import { FileClassifier, type FileKind, fileKinds, type LayerKnowledge } from './classify-file.js';
import { LayersOfDirectories } from './layers-of-directories.js';

/**
 * Divides an image's own files into layers, so that what changes often moves alone; whiteouts come with the first. On top
 * of each other the layers hold what the one layer of `single` does, entry by entry. Every layer lists the directories above
 * what it holds, those that only the base has too: engines unpack a layer by itself, and make a directory it lacks as they
 * please. All names of one inode are in one layer. Of the layers that list a directory only the last one says when it was
 * changed, the others say 0: else a change far above would change them as well.
 */
export function divideLayers(
  files: readonly PlacedFile[],
  whiteouts: readonly ImagePath[],
  mode: 'single' | 'split',
  knowledge: LayerKnowledge,
): readonly PlannedLayer[] {
  const whole = [...files, ...missingParents(files, whiteouts, knowledge)];
  const layers = mode === 'split' ? splitLayers(whole, whiteouts, knowledge) : [];
  return layers.length > 0 ? layers : [{ kind: 'all', files: whole, whiteouts }];
}

/** Directories above what is ours that aren't among it: as the base has them, else as the original does. */
function missingParents(
  files: readonly PlacedFile[],
  whiteouts: readonly ImagePath[],
  { base, tree }: LayerKnowledge,
): readonly PlacedFile[] {
  const own = new Set(files.map(({ entry }) => entry.path));
  const seen = new Set<ImagePath>();
  const parents: PlacedFile[] = [];
  for (const path of [...own, ...whiteouts]) {
    for (const above of ancestorsOf(path)) {
      if (seen.has(above)) break;
      seen.add(above);
      const entry = own.has(above) ? undefined : (base?.get(above) ?? tree.get(above));
      if (entry?.type === 'directory') parents.push({ entry });
    }
  }
  return parents;
}

function splitLayers(
  files: readonly PlacedFile[],
  whiteouts: readonly ImagePath[],
  knowledge: LayerKnowledge,
): readonly PlannedLayer[] {
  const rankOf = rankFiles(files, knowledge);
  const used = usedRanks(rankOf);
  const [first] = used;
  if (first === undefined) return [];
  const directories = new LayersOfDirectories();
  for (const [{ entry }, rank] of rankOf) {
    if (entry.type !== 'directory') directories.add(parentOf(entry.path), rank);
    else directories.add(entry.path, used.find((other) => other >= rank) ?? used.at(-1) ?? first);
  }
  for (const path of whiteouts) directories.add(parentOf(path), first);
  if (used.includes(application)) directories.repeatBusyOnesIn(application);
  const held = new Map(used.map((rank) => [rank, [] as PlacedFile[]]));
  for (const file of files) {
    const { path, type } = file.entry;
    const ranks = type === 'directory' ? directories.ranksOf(path) : [rankOf.get(file) ?? first];
    for (const rank of ranks) held.get(rank)?.push(rank === ranks.at(-1) ? file : undated(file));
  }
  return [...held].map(([rank, layer]) => ({
    kind: fileKinds[rank] as FileKind,
    files: layer,
    whiteouts: rank === first ? whiteouts : [],
  }));
}

/** Those that files are in, lowest first: a few empty directories make no layer. */
function usedRanks(rankOf: ReadonlyMap<PlacedFile, number>): readonly number[] {
  const all = [...rankOf];
  const ofFiles = all.filter(([{ entry }]) => entry.type !== 'directory');
  return [...new Set((ofFiles.length > 0 ? ofFiles : all).map(([, rank]) => rank))].sort();
}

const application = fileKinds.indexOf('application');

/**
 * Where in `fileKinds` everything but a directory with something in it belongs. An inode with several names goes where the
 * one that changes most does.
 */
function rankFiles(files: readonly PlacedFile[], knowledge: LayerKnowledge): ReadonlyMap<PlacedFile, number> {
  const classifier = new FileClassifier(files, knowledge);
  const parents = new Set<ImagePath>();
  for (const { entry } of files) if (entry.path !== '/') parents.add(parentOf(entry.path));
  const ranks = new Map<PlacedFile, number>();
  const ofInode = new Map<string, number>();
  for (const file of files) {
    const { path, type, hardLinkId } = file.entry;
    if (type === 'directory' && parents.has(path)) continue;
    const rank = fileKinds.indexOf(classifier.kindOf(file));
    ranks.set(file, rank);
    if (hardLinkId !== undefined) ofInode.set(hardLinkId, Math.max(rank, ofInode.get(hardLinkId) ?? 0));
  }
  for (const file of ranks.keys()) {
    const rank = file.entry.hardLinkId === undefined ? undefined : ofInode.get(file.entry.hardLinkId);
    if (rank !== undefined) ranks.set(file, rank);
  }
  return ranks;
}

function undated(file: PlacedFile): PlacedFile {
  return { ...file, entry: { ...file.entry, mtime: { seconds: 0, nanoseconds: 0 } } };
}
