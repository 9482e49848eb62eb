import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nativeSources, prebuiltAgent } from './agent-bench.ts';

/** The hash the Makefile puts into the binary: Makefile, then *.c, *.def and *.h by name, one after the other. */
function hashSources(): string {
  const files = readdirSync(nativeSources).filter((name) => /\.(c|def|h)$/.test(name));
  const hash = createHash('sha256');
  for (const name of ['Makefile', ...files.sort()]) hash.update(readFileSync(join(nativeSources, name)));
  return hash.digest('hex');
}

describe.each([
  { architecture: 'x86_64', machine: 62 },
  { architecture: 'aarch64', machine: 183 },
] as const)('the shipped agent for $architecture', ({ architecture, machine }) => {
  const binary = readFileSync(prebuiltAgent(architecture));

  it('was built from these sources (else run `npm run build:agent`)', () => {
    const built = /slimtrace-agent-sources:([0-9a-f]{64})/.exec(binary.toString('latin1'))?.[1];
    expect(built).toBe(hashSources());
  });

  it('is an executable for that machine, static, and small', () => {
    expect(binary.subarray(0, 5).toString('latin1')).toBe('\x7fELF\x02');
    expect(binary.readUInt16LE(18)).toBe(machine);
    expect(programHeaderTypes(binary)).not.toContain(3); // PT_INTERP
    expect(binary.length).toBeLessThan(200_000);
    expect(statSync(prebuiltAgent(architecture)).mode & 0o111).toBe(0o111);
  });

  it('names nothing of the machine it was built on', () => {
    expect(binary.toString('latin1')).not.toMatch(/\/(work|tmp|home|build)\//);
    expect(binary.includes('.note.gnu.build-id')).toBe(false);
  });
});

function programHeaderTypes(elf: Buffer): number[] {
  const start = Number(elf.readBigUInt64LE(32));
  const [size, count] = [elf.readUInt16LE(54), elf.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => elf.readUInt32LE(start + index * size));
}
