import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlannedLayer } from '../../../src/build/composition.js';
import { writeLayer } from '../../../src/build/write-layer.js';
import { unpackWithUmoci, writeLayout } from '../../image/archive/flatten-umoci.js';
import { openLayerRoom } from '../../image/archive/layer-room.js';
import { type DescribedTree, describeDirectory, describeLayers } from '../../image/archive/unpacked-tree.js';
import { imageOf, type Sketch } from '../../image/tree-of.js';
import { testWith } from '../../support/run-docker.js';
import { type DividedCase, divide, type Entries } from './layer-cases.js';

/** Directories of every kind of layer, one within the other. */
const directories = ['/', '/usr', '/usr/lib', '/usr/lib/p', '/app', '/app/node_modules', '/app/node_modules/a', '/etc'];
const names = ['a', 'b', 'passwd', 'node', 'lib.jar'];

const when = fc.record({ seconds: fc.integer({ min: 0, max: 2_000_000_000 }), nanoseconds: fc.constantFrom(0, 123) });
const attributes = fc.record({ mtime: when, uid: fc.nat(70_000), mode: fc.constantFrom(0o755, 0o4750, 0o1777, 0o700) });

/** All that names of one file share. */
function linked(id: string): Sketch {
  return {
    hardLinkId: id,
    body: `inode ${id}`,
    mtime: { seconds: Number(id), nanoseconds: 0 },
  };
}

const sketches: fc.Arbitrary<Sketch> = fc.oneof(
  fc.record({ mtime: when, body: fc.string() }),
  fc.constantFrom('1', '2').map(linked),
  fc.record({ mtime: when, linkTarget: fc.constantFrom('a', '../x', '/usr/lib') }),
  fc.record({ mtime: when, type: fc.constant('directory' as const) }),
);

const cases: fc.Arbitrary<DividedCase> = fc
  .record({
    plain: fc.array(attributes, { minLength: directories.length, maxLength: directories.length }),
    files: fc.dictionary(
      fc.constantFrom(...directories.flatMap((at) => names.map((name) => `${at}/${name}`.replace('//', '/')))),
      sketches,
      { minKeys: 1 },
    ),
    owned: fc.constantFrom('libc6', 'nodejs', undefined),
  })
  .map(({ plain, files, owned }) => {
    const entries: Record<string, Sketch> = {};
    for (const [at, path] of directories.entries()) entries[path] = { type: 'directory', ...plain[at] };
    for (const [path, sketch] of Object.entries(files)) {
      entries[path] ??= sketch;
    }
    const owners = owned === undefined ? {} : { owners: { '/usr/lib/a': owned, '/usr/lib/p/b': owned } };
    return { entries, ...owners };
  });

async function tarsOf(layers: readonly PlannedLayer[], entries: Entries): Promise<Buffer[]> {
  const { contents } = imageOf(entries);
  const tars: Buffer[] = [];
  for (const layer of layers) {
    await contents.fetch(layer.files.map(({ entry }) => entry.path));
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeLayer(layer, contents)) chunks.push(chunk);
    tars.push(Buffer.concat(chunks));
  }
  return tars;
}

async function flattened(tars: readonly Buffer[]): Promise<DescribedTree> {
  using room = openLayerRoom();
  await using opened = await room.open(tars.map((tar) => room.store(tar)));
  return await describeLayers(opened);
}

test('layers on top of each other hold what the one layer does, entry by entry, times included', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (about) => {
      const single = await tarsOf(divide({ ...about, mode: 'single' }), about.entries);
      const split = await tarsOf(divide(about), about.entries);
      expect(await flattened(split)).toEqual(await flattened(single));
    }),
    { numRuns: 150 },
  );
}, 120_000);

testWith(['root', 'umoci', 'python3'], 'umoci unpacks the layers to the same tree', async () => {
  const time = (seconds: number) => ({ mtime: { seconds, nanoseconds: 0 } });
  const directory = (seconds: number, mode = 0o755) => ({ type: 'directory', mode, ...time(seconds) }) as const;
  const entries: Entries = {
    ...{
      '/': directory(9),
      '/usr': directory(8),
      '/usr/lib': directory(7),
      '/usr/lib/libc.so': { body: 'c', ...time(1) },
    },
    ...{
      '/app': directory(6, 0o2770),
      '/app/node_modules': directory(5),
      '/app/node_modules/a.js': { body: 'a', ...time(1) },
    },
    ...{
      '/app/server': { body: 's', hardLinkId: '1', ...time(2) },
      '/usr/lib/server': { body: 's', hardLinkId: '1', ...time(2) },
    },
    ...{ '/tmp': directory(4, 0o1777), '/lib': { linkTarget: 'usr/lib', ...time(3) } },
  };
  const owners = { '/usr/lib/libc.so': 'libc6' };
  const layers = divide({ entries, owners });
  expect(layers.map(({ kind }) => kind)).toEqual(['os', 'dependencies', 'application']);
  const tars = await tarsOf(layers, entries);
  const work = mkdtempSync(join(tmpdir(), 'split-'));
  try {
    await writeLayout(join(work, 'layout'), tars);
    const unpacked = await unpackWithUmoci(join(work, 'layout'), join(work, 'bundle'));
    if (!('root' in unpacked)) throw new Error(unpacked.refusal);
    expect(describeDirectory(unpacked.root)).toEqual(
      await flattened(await tarsOf(divide({ entries, owners, mode: 'single' }), entries)),
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
