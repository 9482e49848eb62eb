import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findArchiveImage } from '../../../src/image/archive/open-archive.js';
import { openLayers } from '../../../src/image/archive/open-layers.js';
import { type ArchiveReference, parseArchiveReference } from '../../../src/image/archive/reference.js';
import { validateArchive, validateWrittenImage } from '../../../src/image/archive/validate.js';
import { ensureFixtureImage } from '../../support/fixture-images.js';
import { corpusName, otherName, writeCorpusImage, writeOtherImage } from './corpus-image.js';
import { corpusWriters } from './corpus-writers.js';
import { type DescribedTree, describeLayers } from './unpacked-tree.js';
import { Workshop, workshopProblem } from './workshop.js';

const problem = workshopProblem();
if (problem !== undefined && process.env.CI) test('CI has what writes archives', () => expect.fail(problem));

const suite = `archives as their tools write them${problem === undefined ? '' : ` (skipped: ${problem})`}`;

describe.skipIf(problem !== undefined)(suite, () => {
  let workshop: Workshop;
  let base: string;
  let expected: DescribedTree;

  beforeAll(async () => {
    workshop = new Workshop();
    base = workshop.path('base.tar');
    const other = workshop.path('other.tar');
    await writeCorpusImage({ transport: 'file', path: base });
    await writeOtherImage(other, otherName);
    for (const archive of [base, other]) {
      workshop.docker('load', '--quiet', '--input', archive);
      workshop.podman('load', '--quiet', '--input', archive);
    }
    expected = workshop.unpack(`oci-archive:${base}`, 'base');
  });

  const userCache = process.env.XDG_CACHE_HOME;
  afterAll(() => {
    if (userCache === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = userCache;
    spawnSync('docker', ['image', 'rm', '--no-prune', corpusName, otherName]);
    workshop[Symbol.dispose]();
  });

  const options = () => ({ signal: new AbortController().signal, temporaryDirectory: workshop.directory });

  /** The tree as slimtrace reads it, with all digests checked. */
  async function read(text: string): Promise<DescribedTree> {
    await validateArchive(referenceOf(text));
    // Layers that were inflated before would be taken from there, whatever compresses them here.
    process.env.XDG_CACHE_HOME = mkdtempSync(workshop.path('cache-'));
    const image = await findArchiveImage(referenceOf(text), options());
    await using layers = await openLayers(image.layers, options());
    await layers.verify();
    return await describeLayers(layers);
  }

  test('the corpus has every kind of entry, and umoci sees it all', () => {
    const text = JSON.stringify(expected);
    for (const word of ['fifo', 'block-device', 'character-device', 'symlink', 'user.raw', 'security.capability'])
      expect(text).toContain(word);
    const names = Object.keys(expected).map((name) => JSON.parse(name) as string);
    expect(names).toContain('/kinds/latin-\udce9');
    expect(names).toContain('/below/opaque/new');
    expect(names).toContain('/twice/file');
    for (const name of ['/below/gone', '/below/dir-gone', '/below/opaque/hidden', '/below/replaced/file'])
      expect(names).not.toContain(name);
  });

  test.each(Object.entries(corpusWriters))('%s', async (name, write) => {
    const stem = name.replace(/[^a-z0-9]+/g, '-');
    const { ours, theirs } = await write(workshop, workshop.path(stem), base);
    const unpacked = workshop.unpack(theirs, stem);
    if (!name.startsWith('umoci')) expect(unpacked).toEqual(expected);
    expect(await read(ours)).toEqual(unpacked);
    const { config } = await findArchiveImage(referenceOf(ours), options());
    expect(config).toMatchObject({ Cmd: ['/kinds/plain'], Env: ['A=b'], Labels: { corpus: 'yes' } });
  });

  test('a real image: docker save of the fixture with every kind of metadata', async () => {
    const file = workshop.path('every-kind.tar');
    workshop.docker('save', '--output', file, await ensureFixtureImage('every-kind'));
    const tree = await read(file);
    expect(Object.keys(tree).length).toBeGreaterThan(5000);
    const emptyAttribute = '["user.empty",""]';
    expect(JSON.stringify(tree['"/kinds/keep/xattr-empty"'])).toContain(JSON.stringify(emptyAttribute).slice(1, -1));
    // Go's archive/tar, and so umoci and every engine, loses an attribute without a value.
    const asGo = Object.entries(tree).map(([name, words]) => [name, words.replace(emptyAttribute, '')]);
    expect(Object.fromEntries(asGo)).toEqual(workshop.unpack(`docker-archive:${file}`, 'every-kind'));
  }, 300_000);

  test('an OCI layout directory that slimtrace wrote, read by umoci as it is and by skopeo', async () => {
    const directory = workshop.path('written-layout');
    const target = { transport: 'oci', path: directory } as const;
    await writeCorpusImage(target);
    await validateWrittenImage(target);
    expect(workshop.unpackLayout(`${directory}:1`, 'written')).toEqual(expected);
    const inspected = JSON.parse(workshop.run('skopeo', 'inspect', `oci:${directory}:1`));
    const found = await findArchiveImage(target, options());
    expect(inspected.Digest).toBe(found.manifestDigest);
    expect(inspected.Layers).toEqual(found.layers.map(({ digest }) => digest));
  });

  test('what slimtrace wrote is the same image to docker load', async () => {
    const { id } = await findArchiveImage({ transport: 'file', path: base }, options());
    expect(workshop.docker('image', 'inspect', '--format', '{{.Id}}', corpusName)).toBe(id);
  });
});

function referenceOf(text: string): ArchiveReference {
  const reference = parseArchiveReference(text);
  if (reference === undefined) throw new Error(`${text} is taken for an engine's name`);
  return reference;
}
