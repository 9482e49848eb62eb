import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { openElf, type ReadBytes } from '../../src/selection/elf-file.js';
import { parseElfImports } from '../../src/selection/elf-imports.js';
import { findLibraryNames } from '../../src/selection/library-names.js';

const directories = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  // What other kinds of machines have, as far as the cross compilers of this one bring it.
  '/usr/i686-linux-gnu/lib',
  '/usr/aarch64-linux-gnu/lib',
];
const filesAtOnce = 200;

function withFile<Result>(path: string, use: (read: ReadBytes, sizeBytes: number) => Result): Result {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const read: ReadBytes = (offset, length) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
    };
    return use(read, size);
  } finally {
    closeSync(file);
  }
}

/** The ELF files that programs of this machine are made of. */
function elfFiles(): readonly string[] {
  const files: string[] = [];
  for (const directory of directories) {
    try {
      for (const entry of readdirSync(directory, { withFileTypes: true }))
        if (entry.isFile()) files.push(join(directory, entry.name));
    } catch {
      // Not every machine has every directory.
    }
  }
  return files.filter((path) => withFile(path, (read) => openElf(read) !== undefined));
}

async function isThere(tool: string): Promise<boolean> {
  if ((await execa(tool, ['--version'], { reject: false })).exitCode === 0) return true;
  if (process.env.CI) throw new Error(`${tool} is missing: install binutils`);
  return false;
}

/** `nm -D --undefined-only` of many files: the names of each, versions cut off. */
async function importsByNm(paths: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const imports = new Map<string, readonly string[]>();
  for (let at = 0; at < paths.length; at += filesAtOnce) {
    const { stdout } = await execa('nm', ['-D', '--undefined-only', '-A', ...paths.slice(at, at + filesAtOnce)], {
      reject: false,
      maxBuffer: 1e9,
    });
    for (const [, path = '', name = ''] of stdout.matchAll(/^(.*?):\s+\S (\S+?)(?:@\S*)?$/gm)) {
      imports.set(path, [...(imports.get(path) ?? []), name]);
    }
  }
  return imports;
}

describe('parseElfImports against nm', () => {
  it('agrees on every program and library of this machine', async (context) => {
    if (!(await isThere('nm'))) return context.skip('nm is missing: install binutils');
    const files = elfFiles();
    const expected = await importsByNm(files);
    let compared = 0;
    for (const path of files) {
      const wanted = expected.get(path) ?? [];
      const imports = withFile(path, (read) => parseElfImports(read));
      expect({ path, imports: [...imports].sort() }).toEqual({ path, imports: [...new Set(wanted)].sort() });
      if (wanted.length > 0) compared += 1;
    }
    expect(compared).toBeGreaterThan(100);
  });
});

describe('findLibraryNames against strings', () => {
  it('finds each name that strings prints on a line of its own', async (context) => {
    if (!(await isThere('strings'))) return context.skip('strings is missing: install binutils');
    let found = 0;
    for (const path of elfFiles().filter((_, index) => index % 10 === 0)) {
      const { stdout } = await execa('strings', ['-a', '-n', '5', path], { maxBuffer: 1e9 });
      const expected = stdout.split('\n').filter((line) => /^[\w+-][\w+./-]{0,250}\.so(?:\.\d+)*$/.test(line));
      const names = new Set(withFile(path, findLibraryNames));
      expect({ path, missed: expected.filter((name) => !names.has(name)) }).toEqual({ path, missed: [] });
      found += names.size;
    }
    expect(found).toBeGreaterThan(50);
  });
});
