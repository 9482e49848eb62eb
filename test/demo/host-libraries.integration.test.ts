import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { expect, test } from 'vitest';
import { librariesOf } from '../../fixtures/demo/host-libraries.ts';

const hasLdd = spawnSync('ldd', ['--version']).status === 0;

function librariesByLdd(program: string): string[] {
  const text = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...text.matchAll(/(\/\S+) \(0x/g)].map((match) => realpathSync(match[1] ?? '')).sort();
}

for (const program of [process.execPath, '/bin/sh', '/bin/ls', '/usr/bin/env'].filter(existsSync)) {
  test(`librariesOf ${program} finds what ldd finds`, (context) => {
    if (!hasLdd && process.env.CI) throw new Error('ldd is missing');
    if (!hasLdd) return context.skip('ldd is missing');
    const found = librariesOf([program]).map((path) => realpathSync(path));
    expect([...new Set(found)].sort()).toEqual(librariesByLdd(program));
  });
}

test('librariesOf a script finds none', () => {
  expect(librariesOf([new URL(import.meta.url).pathname])).toEqual([]);
});
