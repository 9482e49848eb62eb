import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { FileTree } from '../../src/image/file-tree.js';
import { selectFiles } from '../../src/selection/select.js';
import { hostContents, hostTree } from './host-image.js';
import { plainOptions, smallTrace } from './small-image.js';

const roots = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/etc/ld.so.conf.d',
];
const single = ['/bin', '/sbin', '/lib', '/lib64', '/usr/lib', '/etc/ld.so.cache', '/etc/ld.so.conf'];
const maxPrograms = 150;

/** What the real loader would map into a program; undefined when it can't say. */
async function loadedBy(program: string): Promise<readonly string[] | undefined> {
  const { stdout, exitCode } = await execa('ldd', [program], { reject: false });
  if (exitCode !== 0 || stdout.includes('not found')) return undefined;
  return [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map((match) => match[1] ?? '');
}

describe('the library closure against the loader of this machine', () => {
  it('keeps every library that ldd names, and no other', async (context) => {
    if ((await execa('ldd', ['--version'], { reject: false })).exitCode !== 0) {
      if (process.env.CI) throw new Error('ldd is missing');
      return context.skip('ldd is missing');
    }
    const tree = hostTree(roots, single);
    // What is known beyond the loader's own work has tests of its own.
    const options = { ...plainOptions, without: new Set(['all']) };
    const programs = tree.children('/usr/bin').filter((path) => tree.get(path)?.type === 'file');
    const step = Math.max(1, Math.floor(programs.length / maxPrograms));
    let compared = 0;
    for (const program of programs.filter((_, index) => index % step === 0)) {
      const libraries = (await loadedBy(program)) ?? [];
      // Programs with libraries of their own elsewhere are beyond this part of the tree.
      if (libraries.length === 0 || libraries.some((path) => tree.resolve(path).entry === undefined)) continue;
      const trace = smallTrace(`exec ${program}`);
      const { selection } = await selectFiles({
        tree,
        contents: hostContents,
        config: {},
        env: [],
        healed: [],
        trace,
        options,
      });
      const slim = new FileTree([...selection.keys()].flatMap((path) => tree.get(path) ?? []));
      const missing = libraries.filter((path) => slim.resolve(path).entry === undefined);
      // Name service modules come on top: they are loaded later, by name.
      const real = new Set(libraries.map((path) => tree.resolve(path).entry?.path));
      const extra = [...selection.keys()].filter(
        (path) =>
          path.includes('.so') &&
          !path.includes('/libnss_') &&
          !path.startsWith('/etc/') &&
          tree.get(path)?.type === 'file' &&
          !real.has(path),
      );
      expect({ program, missing, extra }).toEqual({ program, missing: [], extra: [] });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(20);
  });
});
