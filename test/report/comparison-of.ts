import { compareOpened, type ImageComparison } from '../../src/compare-images.js';
import type { Image } from '../../src/image/image.js';
import { imageOf, type Sketch } from '../image/tree-of.js';

type Entries = Readonly<Record<string, Sketch>>;

/** What is compared where a test doesn't say: a server with a compiler, and what is left of it. */
const fat: Entries = {
  '/usr/bin/gcc': { body: Buffer.alloc(900_000) },
  '/usr/bin/su': { body: 'su', mode: 0o4755 },
  '/bin/sh': { body: 'sh' },
  '/app/server': { body: 'server' },
  '/app/config': { body: 'debug', mode: 0o600, uid: 1000 },
};
const slim: Entries = {
  '/app/server': { body: 'server' },
  '/app/config': { body: 'production' },
  '/app/new/a': { body: Buffer.alloc(2000) },
  '/app/new/b': { linkTarget: 'a' },
};

/** A comparison made from two small images. */
export async function comparisonOf(
  images: {
    readonly original?: Entries;
    readonly slim?: Entries;
    readonly about?: readonly [Partial<Image>, Partial<Image>];
  } = {},
): Promise<ImageComparison> {
  const [aboutOriginal, aboutSlim] = images.about ?? [
    { reference: 'app:1', id: 'sha256:1', sizeBytes: 1_000_000, layerCount: 5, config: { User: 'app' } },
    { reference: 'app:1-slim', id: 'sha256:2', sizeBytes: 52_000, layerCount: 1 },
  ];
  const compared = await compareOpened(
    imageOf(images.original ?? fat, aboutOriginal),
    imageOf(images.slim ?? slim, aboutSlim),
    { isDeep: false, emit: () => {}, signal: new AbortController().signal },
  );
  return { ...compared, durationMs: 1234.5 };
}
