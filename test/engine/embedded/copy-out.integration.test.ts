import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copyDirectoryOut } from '../../../src/engine/embedded/copy-out.js';
import { readTar } from '../../../src/image/tar.js';

const { signal } = new AbortController();
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'copy-out-test-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function membersOf(path: string): Promise<Record<string, string>> {
  await using copy = copyDirectoryOut(path, signal);
  const members: Record<string, string> = {};
  for await (const member of readTar(copy.stdout)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of member.body) chunks.push(chunk);
    members[member.name] = Buffer.concat(chunks).toString('utf8');
  }
  expect((await copy.ended).exitCode).toBe(0);
  return members;
}

describe('copyDirectoryOut', () => {
  test('gives regular files with their contents, empty ones too', async () => {
    await writeFile(join(directory, 'init.trace'), 'paths');
    await writeFile(join(directory, 'empty'), '');
    expect(await membersOf(directory)).toEqual({ 'init.trace': 'paths', empty: '' });
  });

  test('a container that left a link, a FIFO or a directory there gets nothing of this machine into our hands', async () => {
    await symlink('/etc/passwd', join(directory, 'init.trace'));
    await mkdir(join(directory, 'nested'));
    execFileSync('mkfifo', [join(directory, 'exec-1.trace')]);
    await writeFile(join(directory, 'exec-2.trace'), 'own');
    expect(await membersOf(directory)).toEqual({ 'exec-2.trace': 'own' });
  });

  test('a directory that is gone is a failure, not an empty archive', async () => {
    await using copy = copyDirectoryOut(join(directory, 'gone'), signal);
    const members = [];
    try {
      for await (const member of readTar(copy.stdout)) members.push(member);
    } catch {}
    expect(await copy.ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ENOENT') });
  });
});
