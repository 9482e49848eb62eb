import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pidNamespace } from '../../src/system/session.js';
import { inTempDir, openTempDir, sweepTempDirs } from '../../src/system/temp-dir.js';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'temp-dir-'));
  vi.stubEnv('TMPDIR', base);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true, force: true });
});

describe('openTempDir', () => {
  test('is gone with all that is in it when its scope ends, by an error too', async () => {
    let path = '';
    const work = async () => {
      await using directory = await openTempDir();
      path = directory.path;
      mkdirSync(join(path, 'a/b'), { recursive: true });
      writeFileSync(join(path, 'a/b/c'), 'x');
      throw new Error('on the way');
    };
    await expect(work()).rejects.toThrow('on the way');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(base)).toEqual([]);
  });

  test('nobody else may read it', async () => {
    await using directory = await openTempDir();
    const { statSync } = await import('node:fs');
    expect(statSync(directory.path).mode & 0o077).toBe(0);
  });

  test('a temporary directory that is not there is an error a user understands', async () => {
    vi.stubEnv('TMPDIR', join(base, 'none'));
    await sweepTempDirs();
    await expect(openTempDir()).rejects.toMatchObject({
      code: 'temp-dir-unusable',
      details: { directory: join(base, 'none') },
    });
  });
});

describe('sweepTempDirs', () => {
  test('removes what killed runs left, and nothing else', async () => {
    const here = pidNamespace();
    const [dead, alive] = [`slimtrace-999999999-${here}-abcdef`, `slimtrace-1-${here}-abcdef`];
    const [own, elsewhere] = [`slimtrace-${process.pid}-${here}-abcdef`, 'slimtrace-999999999-1234-abcdef'];
    const others = [
      elsewhere,
      `slimtrace-999999999-${here}-abcdefg`,
      'slimtrace-999999999-abcdef',
      'slimtrace-999999999',
      'my-slimtrace-999999999-abcdef',
      'slimtrace-x-abcdef',
    ];
    for (const name of [dead, alive, own, ...others]) mkdirSync(join(base, name, 'in'), { recursive: true });
    await sweepTempDirs();
    expect(readdirSync(base).sort()).toEqual([alive, own, ...others].sort());
  });

  test('what another PID namespace’s run has is left alone for a day: its number says nothing here', async () => {
    const path = join(base, 'slimtrace-999999999-1234-abcdef');
    mkdirSync(path);
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    utimesSync(path, hoursAgo(23), hoursAgo(23));
    await sweepTempDirs();
    expect(readdirSync(base)).toEqual(['slimtrace-999999999-1234-abcdef']);
    utimesSync(path, hoursAgo(25), hoursAgo(25));
    await sweepTempDirs();
    expect(readdirSync(base)).toEqual([]);
  });
});

describe('inTempDir', () => {
  test('a full disk is told as one, by the directory that is full', async () => {
    await using directory = await openTempDir();
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    await expect(inTempDir(directory, () => Promise.reject(new Error('write', { cause: full })))).rejects.toMatchObject(
      {
        code: 'no-space',
        details: { directory: base },
      },
    );
    const other = new Error('other');
    await expect(inTempDir(directory, () => Promise.reject(other))).rejects.toBe(other);
    expect(await inTempDir(directory, async () => 1)).toBe(1);
  });
});
