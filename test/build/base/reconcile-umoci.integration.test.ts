import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { placeEntry } from '../../../src/build/composition.js';
import { writeLayer } from '../../../src/build/write-layer.js';
import { SlimtraceError } from '../../../src/errors.js';
import type { ContentSource } from '../../../src/image/image.js';
import { unpackWithUmoci, writeLayout } from '../../image/archive/flatten-umoci.js';
import { type DescribedTree, describeDirectory, describeLayers } from '../../image/archive/unpacked-tree.js';
import { imageOf } from '../../image/tree-of.js';
import { testWith } from '../../support/run-docker.js';
import { orderlyTree, wildTree } from './random-stack.js';
import { type Entries, type Restacked, restack } from './restack.js';

const images = Number(process.env.SLIMTRACE_IMAGES ?? 6);
/** Whiteouts, a directory that gives way, and hard links of both that must not be taken for one file. */
const everything: readonly [Entries, Entries] = [
  {
    '/etc': { type: 'directory' },
    '/a': { body: 'ours', hardLinkId: '0:1' },
    '/b': { body: 'ours', hardLinkId: '0:1' },
    '/bin': { linkTarget: 'usr/bin' },
    '/usr': { type: 'directory' },
    '/usr/bin': { type: 'directory' },
    '/usr/bin/x': { body: 'x', mode: 0o4755 },
    '/lib': { type: 'directory' },
    '/lib/ld-linux.so.2': { body: 'loader' },
  },
  {
    '/a': { body: 'theirs', hardLinkId: '0:1' },
    '/c': { body: 'theirs', hardLinkId: '0:1' },
    '/d': { body: 'theirs', hardLinkId: '0:1' },
    '/bin': { type: 'directory' },
    '/etc': { type: 'directory', mode: 0o750 },
    '/etc/ld.so.cache': { body: 'theirs' },
    '/etc/ld.so.preload': { body: 'theirs' },
    '/lib/ld-linux.so.2': { body: 'loader' },
  },
];
const seed = Number(process.env.SLIMTRACE_SEED ?? 1);

testWith(
  ['root', 'umoci', 'python3'],
  `umoci finds in the two layers what is said to be there, and no half of anything (${images} images)`,
  async () => {
    const pairs = fc.sample(fc.tuple(fc.oneof(wildTree, orderlyTree), fc.oneof(wildTree, orderlyTree)), {
      seed,
      numRuns: 4 * images,
    });
    let unpacked = 0;
    for (const [own, base] of [everything, ...pairs]) {
      const stacked = await stackOrRefuse(own, base);
      if (stacked === undefined) continue;
      const [ours, theirs] = await describeBoth(own, base, stacked);
      expect(ours, JSON.stringify([own, base])).toEqual(theirs);
      unpacked += 1;
      if (unpacked === images) break;
    }
    expect(unpacked).toBe(images);
  },
  120_000,
);

async function stackOrRefuse(own: Entries, base: Entries): Promise<Restacked | undefined> {
  try {
    return await restack(own, base);
  } catch (error) {
    if (error instanceof SlimtraceError && error.code === 'base-refused') return undefined;
    throw error;
  }
}

/** What `stackedEntries` says, and what is on the disk. */
async function describeBoth(own: Entries, base: Entries, stacked: Restacked): Promise<[DescribedTree, DescribedTree]> {
  const directory = mkdtempSync(join(tmpdir(), 'stack-'));
  try {
    const [image, under] = [imageOf(own), imageOf(base)];
    const lowest = [...under.tree.entries()];
    await under.contents.fetch(lowest.map(({ path }) => path));
    await image.contents.fetch([...image.tree.entries()].map(({ path }) => path));
    const lower = await collect({ files: lowest.map(placeEntry), whiteouts: [] }, under.contents);
    await writeLayout(join(directory, 'layout'), [lower, await collect(stacked, image.contents)]);
    const unpacked = await unpackWithUmoci(join(directory, 'layout'), join(directory, 'bundle'));
    if (!('root' in unpacked)) throw new Error(unpacked.refusal);
    return [
      await describeLayers({ tree: stacked.tree, contents: bodiesOf(stacked) }),
      describeDirectory(unpacked.root),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function collect(layer: Parameters<typeof writeLayer>[0], contents: ContentSource): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeLayer(layer, contents)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function bodiesOf({ bodyOf }: Restacked): ContentSource {
  return {
    fetch: async () => {},
    read: (path, offset, length) => Buffer.from(bodyOf(path)).subarray(offset, offset + length),
    stream: async function* (path) {
      yield Buffer.from(bodyOf(path));
    },
  };
}
