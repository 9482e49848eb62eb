import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileTree } from '../../src/image/file-tree.js';
import { ancestorsOf, asImagePath } from '../../src/image/path.js';
import { selectFiles } from '../../src/selection/select.js';
import { plainOptions, selectFrom, smallImage, smallTrace } from './small-image.js';

const usrMerged = `
  /bin -> usr/bin
  /lib -> usr/lib
  /lib64 -> usr/lib64
  /usr/bin/dash 0755 elf interpreter=/lib64/ld-linux-x86-64.so.2 needed=libc.so.6
  /usr/bin/sh -> dash
  /usr/lib/x86_64-linux-gnu/libc.so.6 0755 elf
  /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 0755 elf
  /usr/lib64/ld-linux-x86-64.so.2 -> ../../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
  /usr/share/doc/sh/copyright : free
`;

describe('selectFiles', () => {
  it('keeps the directory symlinks of a usr-merged image', async () => {
    const { kept, selection } = await selectFrom(smallImage(usrMerged), { trace: ['exec /bin/sh'] });
    expect(kept).toEqual([
      '/bin',
      '/lib',
      '/lib64',
      '/usr/bin/dash',
      '/usr/bin/sh',
      '/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
      '/usr/lib64/ld-linux-x86-64.so.2',
    ]);
    expect(selection.get(asImagePath('/bin'))).toEqual([{ kind: 'symlink', parent: '/usr/bin/dash' }]);
  });

  it('keeps every directory above a kept path, and the root of an image that needs nothing', async () => {
    const image = smallImage('/a/b/c/file : x');
    expect([...(await selectFrom(image, { trace: ['/a/b/c/file'] })).selection.keys()]).toEqual([
      '/',
      '/a',
      '/a/b',
      '/a/b/c',
      '/a/b/c/file',
    ]);
    expect([...(await selectFrom(image)).selection]).toEqual([['/', []]]);
  });

  it('keeps the directory that a path leaves again by two dots', async () => {
    const image = smallImage(`
      /opt/tool/bin/run : x
      /opt/tool/lib/data : x
      /opt/link -> tool/bin/../lib/data
    `);
    expect((await selectFrom(image, { trace: ['/opt/tool/bin/../lib/data'] })).kept).toEqual([
      '/opt/tool/bin',
      '/opt/tool/lib/data',
    ]);
    expect((await selectFrom(image, { trace: ['/opt/link'] })).kept).toContain('/opt/tool/bin');
  });

  it('a looping link does not hang and is kept as it is', async () => {
    const image = smallImage('/etc/a -> b\n/etc/b -> a\n/etc/c -> ../etc/c/x');
    const { kept } = await selectFrom(image, { trace: ['/etc/a', '/etc/c'] });
    expect(kept).toEqual(['/etc', '/etc/a', '/etc/b', '/etc/c']);
  });

  it('keeps a dangling link and the directory it points into', async () => {
    const image = smallImage('/etc/mtab -> ../run/mounts/all\n/run/mounts/');
    expect((await selectFrom(image, { trace: ['stat /etc/mtab'] })).kept).toContain('/run/mounts');
    expect((await selectFrom(image, { trace: ['stat /etc/mtab'] })).kept).toContain('/etc/mtab');
  });

  it('gives the same selection whatever the order of the trace', async () => {
    const trace = ['exec /bin/sh', '/usr/share/doc/sh/copyright', 'stat /usr/share/doc/none', 'stat /lib', '/bin/dash'];
    const normal = await selectFrom(smallImage(usrMerged), { trace });
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(trace, { minLength: trace.length }), async (shuffled) => {
        const other = await selectFrom(smallImage(usrMerged), { trace: shuffled });
        expect([...other.selection]).toEqual([...normal.selection]);
      }),
      { numRuns: 30 },
    );
  });

  it('closes over directories and links for any tree and any trace', async () => {
    const name = fc.constantFrom('a', 'b', 'c', '..');
    const text = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    const entry = fc.record({ path: text, target: fc.option(text, { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), fc.array(text, { maxLength: 5 }), async (entries, trace) => {
        const tree = smallImage(treeText(entries)).tree;
        const image = { ...smallImage(''), tree };
        const { selection } = await selectFrom(image, { trace });
        const slim = new FileTree([...selection.keys()].flatMap((path) => tree.get(path) ?? []));
        expect(slim.size).toBe(selection.size);
        for (const path of selection.keys())
          for (const above of ancestorsOf(path)) expect(selection.has(above)).toBe(true);
        // Each name that was asked for leads to the same entry in the slim tree, by the same way.
        for (const path of trace) expect(slim.resolve(path)).toEqual(tree.resolve(path));
      }),
    );
  });

  it('asks the engine once for what was traced and its loader, however long the chain of names is', async () => {
    const image = smallImage(usrMerged);
    await selectFrom(image, {
      trace: ['exec /bin/sh', '/lib64/ld-linux-x86-64.so.2', '/lib/x86_64-linux-gnu/libc.so.6'],
    });
    expect(image.trips.length).toBe(1);
  });

  it('bounds the reasons of a directory in which thousands of files were looked for', async () => {
    const image = smallImage('/srv/');
    const trace = Array.from({ length: 3000 }, (_, index) => `stat /srv/missing-${index}`);
    const { selection } = await selectFrom(image, { trace });
    expect(selection.get(asImagePath('/srv'))?.length).toBe(5);
    expect(selection.get(asImagePath('/srv'))?.[0]).toMatchObject({ kind: 'traced-missing', named: '/srv/missing-0' });
  });

  it('selects 20,000 of 200,000 paths in well under a second', async () => {
    const lines = Array.from({ length: 200_000 }, (_, at) => `/data/${at % 300}/${at % 20_000}/file-${at}`);
    const image = smallImage(lines.join('\n'));
    const trace = smallTrace(...lines.filter((_, at) => at % 10 === 0));
    const options = { ...plainOptions, certificates: true };
    const startedMs = performance.now();
    const { selection } = await selectFiles({ ...image, config: {}, env: [], healed: [], trace, options });
    const tookMs = performance.now() - startedMs;
    expect(selection.size).toBeGreaterThan(20_000);
    // Half a second on an idle machine. The bound is wide, because other tests may have the cores; what it catches is
    // time that grows with the square.
    expect(tookMs).toBeLessThan(5000);
  }, 30_000);
});

/** Lines of a tree in which no path is both a link or file and a directory. */
function treeText(entries: readonly { path: string; target: string | undefined }[]): string {
  const lines = new Map<string, string>();
  for (const { path, target } of entries) {
    const plain = path.replaceAll('..', 'd');
    const isClash = [...lines.keys()].some(
      (known) => `${known}/`.startsWith(`${plain}/`) || `${plain}/`.startsWith(`${known}/`),
    );
    if (!isClash) lines.set(plain, target === undefined ? plain : `${plain} -> ${target}`);
  }
  return [...lines.values()].join('\n');
}
