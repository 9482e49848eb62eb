import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { testWith } from '../../support/run-docker.js';
import { unpackWithUmoci, writeLayout } from './flatten-umoci.js';
import { openLayerRoom } from './layer-room.js';
import { latestSeconds, randomLayers } from './random-layers.js';
import { type DescribedTree, describeDirectory, describeLayers } from './unpacked-tree.js';

const tools = ['root', 'umoci', 'python3'];

/** So many images; another first seed finds other trees. */
const [firstSeed, images] = [Number(process.env.SLIMTRACE_SEED ?? 1), Number(process.env.SLIMTRACE_IMAGES ?? 60)];

testWith(
  tools,
  `umoci unpacks what is flattened here, entry by entry, or refuses it too (${images} images)`,
  async () => {
    let refused = 0;
    for (let seed = firstSeed; seed < firstSeed + images; seed += 1) {
      const [ours, theirs] = await flattenBoth(seed);
      if (typeof ours === 'string' || typeof theirs === 'string') refused += 1;
      expect(typeof ours, `seed ${seed}: ${ours} / ${theirs}`).toBe(typeof theirs);
      if (typeof ours !== 'string') expect(ours, `seed ${seed}`).toEqual(theirs);
    }
    expect(refused, 'refused by both').toBeLessThan(images / 2);
  },
  600_000,
);

/** What is found on both sides, or why nothing is. */
async function flattenBoth(seed: number): Promise<[DescribedTree | string, DescribedTree | string]> {
  using room = openLayerRoom();
  const tars = randomLayers(seed);
  const directory = mkdtempSync(join(tmpdir(), 'umoci-'));
  try {
    await writeLayout(join(directory, 'layout'), tars);
    const unpacked = await unpackWithUmoci(join(directory, 'layout'), join(directory, 'bundle'));
    const ours = await room.open(tars.map((tar) => room.store(tar))).catch((error: Error) => error.message);
    if (typeof ours === 'string') return [ours, 'root' in unpacked ? {} : unpacked.refusal];
    await using opened = ours;
    const facts = await describeLayers(opened);
    if (!('root' in unpacked)) return [facts, unpacked.refusal];
    return withoutLateTimes(facts, describeDirectory(unpacked.root));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Directories that no entry is for have the time 0 here, and in umoci the time when they were made, as has the directory
 * that they were made in: no entry's time is so late.
 */
function withoutLateTimes(ours: DescribedTree, theirs: DescribedTree): [DescribedTree, DescribedTree] {
  const isLate = (words = '') =>
    words.includes('"type":"directory"') && Number(/"mtime":"(\d+)"/.exec(words)?.[1]) > latestSeconds * 1e9;
  const strip = (tree: DescribedTree) =>
    Object.fromEntries(
      Object.entries(tree).map(([path, words]) => [
        path,
        isLate(theirs[path]) ? words.replace(/"mtime":"\d+"/, '"mtime":"?"') : words,
      ]),
    );
  return [strip(ours), strip(theirs)];
}
