import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  compileProgram,
  freestanding,
  missingPrerequisite,
  nativeSources,
  openScratch,
  runTraced,
} from './agent-bench.ts';

type Row = { readonly kind: string; readonly name: string; readonly numbers: Record<Architecture, number | undefined> };
type Architecture = 'x86_64' | 'i386' | 'aarch64';

/** The rows of syscalls.def, read as text. */
function readTable(): Row[] {
  const text = readFileSync(join(nativeSources, 'syscalls.def'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const row = /^(PATHS|LISTS|SIGNAL|WATCH|REFUSE)\((\w+),\s*(\w+),\s*(\w+),\s*(\w+)[,)]/gm;
  const number = (field = '') => (field === 'NO' ? undefined : Number(field));
  return [...text.matchAll(row)].map(([, kind = '', name = '', x86, i386, arm]) => ({
    kind,
    name,
    numbers: { x86_64: number(x86), i386: number(i386), aarch64: number(arm) },
  }));
}

/** Numbers by name from the kernel headers; undefined when they aren't installed. */
function readHeader(paths: readonly string[]): Map<string, number> | undefined {
  const path = paths.find(existsSync);
  if (path === undefined) return undefined;
  const define = /^#define __NR(?:3264)?_(\w+)\s+(\d+)$/gm;
  return new Map([...readFileSync(path, 'utf8').matchAll(define)].map(([, name = '', value]) => [name, Number(value)]));
}

const headers: Record<Architecture, Map<string, number> | undefined> = {
  x86_64: readHeader(['/usr/include/x86_64-linux-gnu/asm/unistd_64.h', '/usr/include/asm/unistd_64.h']),
  i386: readHeader(['/usr/include/x86_64-linux-gnu/asm/unistd_32.h', '/usr/include/asm/unistd_32.h']),
  aarch64: readHeader(['/usr/include/asm-generic/unistd.h']),
};

/** Calls watched for another reason than a path, and the tests that make them. */
const testedElsewhere = [
  ...['kill', 'tkill', 'tgkill', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo', 'pidfd_open'], // kill-everything.c
  ...['exit', 'exit_group'], // life.integration.test.ts
];

describe('the table of system calls', () => {
  const table = readTable();

  it('is read whole', () => {
    expect(table.length).toBeGreaterThanOrEqual(100);
    expect(table.filter((row) => row.name === 'openat')).toHaveLength(1);
  });

  for (const architecture of ['x86_64', 'i386', 'aarch64'] as const) {
    const header = headers[architecture];
    it.skipIf(header === undefined)(`has the kernel's own numbers for ${architecture}`, () => {
      // The generic header lists those of 32-bit machines too.
      const is64 = architecture === 'aarch64';
      const known = table.filter(({ name }) => header?.has(name) && !(is64 && name.endsWith('_time64')));
      expect(known.length).toBeGreaterThan(40);
      const wrong = known.filter(({ name, numbers }) => {
        const number = numbers[architecture];
        // Two rows of one name share the work between architectures.
        const isOnAnotherRow = table.some(
          (row) => row.name === name && row.numbers[architecture] === header?.get(name),
        );
        return number === undefined ? !isOnAnotherRow : number !== header?.get(name);
      });
      expect(wrong.map(({ name }) => name)).toEqual([]);
    });
  }
});

const missing = process.arch === 'x64' ? missingPrerequisite('gcc') : 'needs x86-64';

describe.skipIf(missing)(`every watched call, made by number (${missing ?? 'as root'})`, () => {
  const scratch = openScratch();
  afterAll(() => scratch[Symbol.dispose]());

  for (const { architecture, flags } of [
    { architecture: 'x86_64', flags: freestanding },
    { architecture: 'i386', flags: ['-m32', '-I/usr/include/x86_64-linux-gnu', ...freestanding] },
  ] as const) {
    it(`${architecture}: each row has a case, and each case's path is recorded`, () => {
      const program = compileProgram('calls', scratch.path, flags);
      const run = runTraced([program], { directory: scratch.path });
      expect(run).toMatchObject({ code: 0, stderr: '', records: { state: 'ok', lost: [] } });
      const lines = run.stdout.split('\n').filter(Boolean);
      const cases = lines
        .map((line) => line.split('\t'))
        .map(([name = '', access = '', path = '']) => ({ name, access, path }));
      const named = new Set(cases.map(({ name }) => name));
      const rows = readTable().filter(({ numbers }) => numbers[architecture] !== undefined);
      expect(
        rows.filter(({ name }) => !named.has(name) && !testedElsewhere.includes(name)).map(({ name }) => name),
      ).toEqual([]);
      const recorded = new Set(run.records.touched.map(({ access, path }) => `${access} ${path}`));
      const withPaths = cases.filter(({ access }) => access !== '-');
      expect(withPaths.filter(({ access, path }) => !recorded.has(`${access} ${path}`))).toEqual([]);
      // Nothing more than what was named, either: a wrong argument position would show as a stray path.
      const expected = new Set(withPaths.map(({ path }) => path));
      const stray = run.records.touched.filter(
        ({ path, access }) => !expected.has(path) && !(access === 'exec' && path === program),
      );
      expect(stray).toEqual([]);
      expect(cases).toContainEqual({ name: 'io_uring_setup', access: '-', path: 'ENOSYS' });
    });
  }
});
