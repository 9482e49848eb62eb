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

/** Names that a file in a hostile image can have: each is to do harm where it is shown as it is. */
export const hostileNames: readonly string[] = [
  '\u001b[2J\u001b[31mred',
  '\u001b]0;title\u0007',
  '\u009b2J',
  'line\nbreak',
  'carriage\rreturn',
  'gpj.\u202eexe',
  '\u2066isolated\u2069',
  'zero\u200bwidth\ufeff',
  'tag\u{e0041}',
  'byte\udcff',
  '`code`',
  '```\n# heading',
  '|cell|',
  'a\\|b',
  '</code></details><img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '[link](javascript:alert(1))',
  '![image](data:x)',
  '@everyone #1 GH-1',
  'www.example.com',
  'a@example.com',
  '&lt;b&gt;',
  '-->',
  '*bold* _it_ ~~gone~~',
  ' ',
  '`',
];
