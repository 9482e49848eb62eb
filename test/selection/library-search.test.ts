import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../src/image/path.js';
import { type ElfFacts, parseElf } from '../../src/selection/elf.js';
import {
  expandTokens,
  findLibrary,
  type LibraryRequest,
  type LoaderKnowledge,
} from '../../src/selection/library-search.js';
import { type ElfToWrite, writeElf } from './elf-writer.js';
import { x8664Flags } from './ld-so-cache-writer.js';
import { smallImage } from './small-image.js';

/** Every place a library can be, each holding one. */
const everywhere = `
  /own/rpath/libx.so : x
  /own/runpath/libx.so : x
  /loader/rpath/libx.so : x
  /env/libx.so : x
  /cached/libx.so : x
  /lib/x86_64-linux-gnu/libx.so : x
  /lib/libx.so : x
  /conf/libx.so : x
  /usr/local/lib/libx.so : x
`;

function factsOf(elf: ElfToWrite): ElfFacts {
  const bytes = writeElf(elf);
  return parseElf((offset, length) => bytes.subarray(offset, offset + length)) as ElfFacts;
}

function find(
  lines: string,
  request: Partial<LibraryRequest> & { elf?: ElfToWrite },
  knowledge: Partial<LoaderKnowledge> = {},
): readonly string[] {
  const found = findLibrary(
    {
      library: 'libx.so',
      object: asImagePath('/app/bin/app'),
      facts: factsOf(request.elf ?? {}),
      loader: 'glibc',
      loadedBy: [],
      ...request,
    },
    {
      tree: smallImage(lines).tree,
      libraryPath: [],
      cache: [],
      confDirectories: [],
      muslDirectories: ['/lib', '/usr/local/lib', '/usr/lib'],
      elf: () => undefined,
      ...knowledge,
    },
  );
  return found.map(({ path }) => path);
}

const cache = [{ name: 'libx.so', path: '/cached/libx.so', flags: x8664Flags, isCpuVariant: false }];
const loadedBy = [{ object: asImagePath('/loader/exe'), facts: factsOf({ rpath: '/loader/rpath' }) }];

describe('findLibrary, glibc', () => {
  it('an RPATH comes before everything, and RUNPATH switches it off', () => {
    const all = { cache, libraryPath: ['/env'] };
    expect(find(everywhere, { elf: { rpath: '/own/rpath' } }, all)).toEqual(['/own/rpath/libx.so']);
    expect(find(everywhere, { elf: { rpath: '/own/rpath', runpath: '/own/runpath' }, loadedBy }, { cache })).toEqual([
      '/own/runpath/libx.so',
    ]);
  });

  it("inherits the RPATH of what loads it, but not past a RUNPATH of the loader's own", () => {
    expect(find(everywhere, { loadedBy }, { cache })).toEqual(['/loader/rpath/libx.so']);
    const other = [{ object: asImagePath('/loader/exe'), facts: factsOf({ rpath: '/loader/rpath', runpath: '/r' }) }];
    expect(find(everywhere, { loadedBy: other }, { cache })).toEqual(['/cached/libx.so']);
  });

  it('keeps what LD_LIBRARY_PATH has and what would be found without it: the file there may be of another kind', () => {
    expect(find(everywhere, {}, { cache, libraryPath: ['/env'] })).toEqual(['/env/libx.so', '/cached/libx.so']);
  });

  it('takes the cache before the default directories, and ld.so.conf last', () => {
    expect(find(everywhere, {}, { cache, confDirectories: ['/conf'] })).toEqual(['/cached/libx.so']);
    expect(find(everywhere, {}, { confDirectories: ['/conf'] })).toEqual(['/lib/x86_64-linux-gnu/libx.so']);
    expect(find('/conf/libx.so : x', {}, { confDirectories: ['/conf'] })).toEqual(['/conf/libx.so']);
  });

  it('takes no library of another architecture from the cache', () => {
    const foreign = [{ name: 'libx.so', path: '/foreign/libx.so', flags: 3, isCpuVariant: false }, ...cache];
    const lines = `${everywhere}\n/foreign/libx.so : x`;
    expect(find(lines, {}, { cache: foreign })).toEqual(['/cached/libx.so']);
    expect(find(lines, { elf: { machine: 3, elfClass: 32 } }, { cache: foreign })).toEqual(['/foreign/libx.so']);
  });

  it('skips a file that is known to be of another kind', () => {
    const elf = (path: string): ElfFacts | undefined =>
      path.startsWith('/env') ? factsOf({ machine: 183 }) : undefined;
    expect(find(everywhere, {}, { cache, libraryPath: ['/env'], elf })).toEqual(['/cached/libx.so']);
  });

  it('keeps the builds for other CPUs with the one for all', () => {
    const lines = '/lib/x86_64-linux-gnu/libx.so : x\n/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libx.so : x';
    expect(find(lines, {})).toEqual([
      '/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libx.so',
      '/lib/x86_64-linux-gnu/libx.so',
    ]);
  });

  it('looks in no default directory for an object that forbids it', () => {
    expect(find(everywhere, { elf: { flags1: 0x800 } }, { cache })).toEqual([]);
  });

  it('takes a name with a slash as a path', () => {
    expect(find(everywhere, { library: '/conf/libx.so' })).toEqual(['/conf/libx.so']);
    expect(find(everywhere, { library: '/none/libx.so' })).toEqual([]);
  });
});

describe('findLibrary, musl', () => {
  it('takes LD_LIBRARY_PATH first, then RUNPATH of the object and of what loads it, then its own directories', () => {
    const request = { loader: 'musl', elf: { runpath: '/own/runpath' } } as const;
    expect(find(everywhere, request, { libraryPath: ['/env'] })).toEqual(['/env/libx.so', '/own/runpath/libx.so']);
    expect(find(everywhere, { loader: 'musl', loadedBy })).toEqual(['/loader/rpath/libx.so']);
    expect(find('/usr/local/lib/libx.so : x', { loader: 'musl' })).toEqual(['/usr/local/lib/libx.so']);
    expect(find('/custom/libx.so : x', { loader: 'musl' }, { muslDirectories: ['/custom'] })).toEqual([
      '/custom/libx.so',
    ]);
  });
});

describe('expandTokens', () => {
  it.each([
    ['$ORIGIN/../lib', ['/app/bin/../lib']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the loader's own syntax
    ['${ORIGIN}', ['/app/bin']],
    ['/opt/$LIB', ['/opt/lib/x86_64-linux-gnu', '/opt/lib64', '/opt/lib']],
    ['/opt/$PLATFORM/$LIBRARY', ['/opt/x86_64/$LIBRARY']],
    ['relative', []],
  ])('%s', (directory, expected) => {
    expect(expandTokens(directory, asImagePath('/app/bin/app'), factsOf({}))).toEqual(expected);
  });
});
