import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asImagePath, rootPath } from '../../src/image/path.js';
import { explainPath } from '../../src/selection/explain.js';
import { parentOfReason } from '../../src/selection/reason.js';
import { selectFrom, smallImage } from './small-image.js';

const text = `
  /bin -> usr/bin
  /lib64/ld.so 0755 elf
  /usr/bin/app 0755 elf interpreter=/lib64/ld.so needed=liba.so
  /usr/bin/apt 0755 : t
  /usr/bin/zip 0755 : z
  /usr/lib64/liba.so -> liba.so.1
  /usr/lib64/liba.so.1 elf needed=libb.so
  /usr/lib64/libb.so elf
  /usr/lib64/libb.so.old elf
  /usr/share/doc/readme : r
`;

async function explain(path: string, exclude: readonly string[] = []): Promise<unknown> {
  const image = smallImage(text);
  const result = await selectFrom(image, { trace: ['exec /bin/app', 'stat /usr/lib64/libb.so'], options: { exclude } });
  return explainPath(result, image.tree, asImagePath(path));
}

describe('explainPath', () => {
  it('walks from a library to the system call that asked for the program', async () => {
    expect(await explain('/usr/lib64/liba.so.1')).toEqual({
      kind: 'kept',
      path: '/usr/lib64/liba.so.1',
      through: [],
      chains: [
        [
          {
            path: '/usr/lib64/liba.so.1',
            reason: { kind: 'elf-needed', parent: '/usr/bin/app', library: 'liba.so', via: 'default directory' },
          },
          {
            path: '/usr/bin/app',
            reason: { kind: 'traced', accesses: ['exec'], programs: ['/app'], named: '/bin/app' },
          },
        ],
      ],
    });
  });

  it('tells all reasons, the shortest chain first', async () => {
    const explanation = await explain('/usr/lib64/libb.so');
    expect(explanation).toMatchObject({ kind: 'kept', chains: [{ length: 1 }, { length: 3 }] });
  });

  it('finds a path by a name that goes through links, and says so', async () => {
    expect(await explain('/bin/app')).toMatchObject({ kind: 'kept', path: '/usr/bin/app', through: ['/bin'] });
  });

  it('says that nothing asked for a file, and what is kept beside it', async () => {
    expect(await explain('/usr/bin/apt')).toEqual({
      kind: 'not-asked-for',
      path: '/usr/bin/apt',
      through: [],
      nearest: { path: '/usr/bin/app', relation: 'sibling' },
    });
    expect(await explain('/usr/lib64/libb.so.old')).toMatchObject({ nearest: { path: '/usr/lib64/libb.so' } });
    expect(await explain('/usr/share/doc/readme')).toMatchObject({ nearest: { path: '/usr', relation: 'ancestor' } });
  });

  it('names the pattern that left a file out', async () => {
    expect(await explain('/usr/lib64/libb.so', ['libb*'])).toMatchObject({ kind: 'excluded', pattern: 'libb*' });
  });

  it('says that a file was never in the image', async () => {
    expect(await explain('/usr/bin/appp')).toEqual({
      kind: 'not-in-image',
      path: '/usr/bin/appp',
      through: [],
      nearest: { path: '/usr/bin/app', relation: 'sibling' },
    });
    expect(await explain('/no/such/place')).toMatchObject({ nearest: { path: '/bin', relation: 'sibling' } });
  });

  it('reasons in a circle end, and explain nothing where there is another', () => {
    const [a, b] = [asImagePath('/a'), asImagePath('/b')];
    const { tree } = smallImage('/a -> b\n/b -> a');
    const circle = new Map([
      [a, [{ kind: 'symlink', parent: b } as const]],
      [b, [{ kind: 'symlink', parent: a } as const]],
    ]);
    expect(explainPath({ selection: circle, excluded: new Map() }, tree, a)).toMatchObject({ chains: [{ length: 2 }] });
    circle.set(b, [{ kind: 'symlink', parent: a }, { kind: 'os-release' } as never]);
    expect(explainPath({ selection: circle, excluded: new Map() }, tree, b)).toMatchObject({ chains: [{ length: 1 }] });
  });

  it('every kept path has a chain that ends at a root cause, whatever the links', async () => {
    const name = fc.constantFrom('a', 'b', 'c', '..');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    const line = fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.option(path, { nil: undefined }));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.array(path, { minLength: 1 }), async (lines, trace) => {
        const links = new Map(lines.map(([at, target]) => [`/a/${at}`, target]));
        const tree = [...links].map(([at, target]) => (target === undefined ? at : `${at} -> ${target}`));
        const image = smallImage(`/a/a/\n/b/c\n${tree.join('\n')}`);
        const named = trace.flatMap((text, index) => [text, `readlink /a/${'xyz'[index % 3]}${text}`, `/a/y${text}`]);
        const result = await selectFrom(image, { trace: named });
        for (const kept of result.selection.keys()) {
          if (kept === rootPath) continue;
          const explanation = explainPath(result, image.tree, kept);
          const last = explanation.kind === 'kept' ? explanation.chains[0]?.at(-1) : undefined;
          expect(last).toBeDefined();
          if (last !== undefined) expect(parentOfReason(last.reason)).toBeUndefined();
        }
      }),
      { numRuns: 500 },
    );
  });
});
