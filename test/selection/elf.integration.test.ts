import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ElfFacts, parseElf } from '../../src/selection/elf.js';

const directories = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/libexec',
  '/lib',
];
const maxFiles = 600;

function readElf(path: string): ElfFacts | undefined {
  const file = openSync(path, 'r');
  try {
    return parseElf((offset, length) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, fstatSync(file).size - offset)));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
    });
  } finally {
    closeSync(file);
  }
}

/** What `readelf -dlW` prints, as facts. */
function factsOf(output: string): Omit<ElfFacts, 'machine'> {
  const all = (pattern: RegExp): string[] => [...output.matchAll(pattern)].map((match) => match[1] ?? '');
  const split = (texts: string[]): string[] => (texts[0] ?? '').split(':').filter((text) => text !== '');
  return {
    elfClass: /Class:\s+ELF64/.test(output) ? 64 : 32,
    interpreter: /Requesting program interpreter: ([^\]]+)\]/.exec(output)?.[1],
    soname: all(/\(SONAME\)\s+Library soname: \[([^\]]*)\]/g)[0],
    needed: all(/\(NEEDED\)\s+Shared library: \[([^\]]*)\]/g),
    rpath: split(all(/\(RPATH\)\s+Library rpath: \[([^\]]*)\]/g)),
    runpath: split(all(/\(RUNPATH\)\s+Library runpath: \[([^\]]*)\]/g)),
    hasNoDefaultLibraries: /\(FLAGS_1\).*NODEFLIB/.test(output),
  };
}

describe('parseElf against readelf', () => {
  let hasReadelf = false;
  beforeAll(async () => {
    hasReadelf = (await execa('readelf', ['--version'], { reject: false })).exitCode === 0;
    if (!hasReadelf && process.env.CI) throw new Error('readelf is missing: install binutils');
  });

  it('agrees on every binary of this machine', async (context) => {
    if (!hasReadelf) return context.skip('readelf is missing: install binutils');
    let compared = 0;
    for (const path of candidates()) {
      if (compared >= maxFiles) break;
      const facts = readElf(path);
      if (facts === undefined) continue;
      const { stdout } = await execa('readelf', ['-hldW', path], { reject: false });
      const { machine, ...rest } = facts;
      expect({ path, ...rest }).toEqual({ path, ...factsOf(stdout) });
      expect(machine).toBeGreaterThan(0);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(100);
  });
});

function* candidates(): Generator<string> {
  for (const directory of directories) {
    try {
      for (const entry of readdirSync(directory, { withFileTypes: true }))
        if (entry.isFile()) yield join(directory, entry.name);
    } catch {
      // Not every machine has every directory.
    }
  }
}
