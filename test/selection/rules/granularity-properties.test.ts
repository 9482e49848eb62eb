import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GranularityPlan } from '../../../src/selection/granularity.js';
import { parentOfReason } from '../../../src/selection/reason.js';
import { type SmallImage, selectFrom, smallImage } from '../small-image.js';

const directories = ['/usr/bin', '/usr/lib', '/usr/lib/x', '/etc', '/opt/app', '/opt/app/node_modules/n/lib'];
const names = ['liba.so', 'libb.so', 'libc.so', 'x', 'y', '__pycache__/x.cpython-311.pyc', 'x.py'];
const paths = directories.flatMap((directory) => names.map((name) => `${directory}/${name}`));

const path = fc.constantFrom(...paths);
const file = fc.record({
  path,
  needed: fc.option(fc.constantFrom('liba.so', 'libb.so', 'libc.so'), { nil: undefined }),
  owner: fc.constantFrom('one', 'two', 'three', undefined),
});
const image = fc.uniqueArray(file, { selector: (one) => one.path, maxLength: 20 }).map(imageFrom);
const trace = fc.array(
  fc.tuple(fc.constantFrom('read', 'exec', 'stat'), path).map(([access, named]) => `${access} ${named}`),
  { maxLength: 6 },
);

function imageFrom(files: readonly { path: string; needed: string | undefined; owner: string | undefined }[]) {
  const lines = files.map(({ path: name, needed }) =>
    needed === undefined ? name : `${name} elf needed=${needed} rpath=/usr/lib:/usr/lib/x`,
  );
  for (const owner of ['one', 'two', 'three']) {
    const owned = files.filter((one) => one.owner === owner).map((one) => one.path);
    lines.push(`/var/lib/dpkg/info/${owner}.list : ${owned.join('\\n')}`);
  }
  if (files.some((one) => one.path.includes('/node_modules/n/'))) lines.push('/opt/app/node_modules/n/package.json');
  return smallImage(lines.join('\n'));
}

const plain = (granularity: GranularityPlan['default']): GranularityPlan => ({ default: granularity, overrides: [] });

async function keep(from: SmallImage, lines: readonly string[], granularity: GranularityPlan) {
  return (await selectFrom(from, { trace: lines, options: { granularity } })).selection;
}

describe('granularity, for any packages and any trace', () => {
  it('a coarser one keeps all that a finer one keeps', async () => {
    await fc.assert(
      fc.asyncProperty(image, trace, async (from, lines) => {
        const [byFile, byDirectory, byPackage] = [
          await keep(from, lines, plain('file')),
          await keep(from, lines, plain('directory')),
          await keep(from, lines, plain('package')),
        ];
        for (const kept of byFile.keys()) expect(byDirectory.has(kept)).toBe(true);
        for (const kept of byDirectory.keys()) expect(byPackage.has(kept)).toBe(true);
      }),
    );
  });

  it('only what is kept without it brings company', async () => {
    await fc.assert(
      fc.asyncProperty(image, trace, async (from, lines) => {
        const alone = await keep(from, lines, plain('file'));
        for (const reasons of (await keep(from, lines, plain('package'))).values())
          for (const reason of reasons)
            if (reason.kind === 'static' && reason.defence === 'granularity')
              expect(alone.has(parentOfReason(reason) ?? ('' as never))).toBe(true);
      }),
    );
  });

  it('gives the same selection whatever the order of the trace', async () => {
    const shuffled = trace.chain((lines) =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
    );
    const overrides = fc.array(
      fc.record({
        pattern: fc.constantFrom(...directories),
        granularity: fc.constantFrom('file', 'directory', 'package'),
      }),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(image, shuffled, overrides, async (from, [lines, other], some) => {
        const plan = { default: 'package', overrides: some } as GranularityPlan;
        expect([...(await keep(from, other, plan))]).toEqual([...(await keep(from, lines, plan))]);
      }),
    );
  });
});
