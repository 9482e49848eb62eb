import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Container } from '../../src/engine/engine.ts';
import { readTar } from '../../src/image/tar.ts';
import { openScratch } from '../support/run-docker.ts';
import type { Contract } from './contract.ts';

/** Files in and out of containers, and what is mounted over the image's own. */
export function describeFiles(contract: Contract): void {
  describe('copies', () => {
    test('in before the start, with their modes, into anonymous volumes', async () => {
      await using scratch = await openScratch();
      const program = join(scratch.path, 'program');
      await writeFile(program, '#!/bin/sh\necho "$*"; stat -c "%a %u:%g" "$0" /.in-volume/secret\n');
      await chmod(program, 0o755);
      const secret = join(scratch.path, 'secret');
      await writeFile(secret, 'bytes \0\xff', 'latin1');
      await chmod(secret, 0o600);
      await using container = await contract.create({
        anonymousVolumes: ['/.in-volume'],
        entrypoint: '/.in-volume/program',
        command: ['as copied'],
      });
      await container.copyIn(program, '/.in-volume/program');
      await container.copyIn(secret, '/.in-volume/secret');
      await container.start();
      expect(await container.waitForEnd(new AbortController().signal)).toBe(0);
      expect(await container.lastLogLines(3)).toEqual(['as copied', '755 0:0', '600 0:0']);
      expect(await collect(container, '/.in-volume/.')).toMatchObject({ secret: 'bytes \0\xff' });
    });

    test('out after the end: what a container left in an anonymous volume', async () => {
      await using container = await contract.create({
        anonymousVolumes: ['/volume'],
        command: ['sh', '-c', 'echo one >/volume/1; echo two >/volume/2'],
      });
      await container.start();
      await container.waitForEnd(new AbortController().signal);
      expect(await collect(container, '/volume/.')).toEqual({ 1: 'one\n', 2: 'two\n' });
    });

    test('a path that is not there: an exit code and words, no hang', async () => {
      await using container = await contract.create({ command: ['true'] });
      await using copy = container.copyOut('/not/there');
      for await (const _ of copy.stdout);
      const { exitCode, stderr } = await copy.ended;
      expect(exitCode).not.toBe(0);
      expect(stderr).toMatch(/\S/);
    });
  });

  describe('mounts', () => {
    test('a bind mount is the host’s directory, and read-only when that is asked for', async () => {
      await using scratch = await openScratch();
      const [shared, kept] = [join(scratch.path, 'shared'), join(scratch.path, 'kept')];
      await mkdir(shared);
      await mkdir(kept);
      await writeFile(join(kept, 'file'), 'of the host\n');
      const line = 'cat /kept/file; echo written >/shared/file; if echo no >/kept/file; then exit 9; fi';
      const volumes = [`${shared}:/shared`, `${kept}:/kept:ro`];
      expect(await contract.print(`{ ${line}; } 2>/dev/null`, { volumes })).toBe('of the host\n');
      expect(await readFile(join(shared, 'file'), 'utf8')).toBe('written\n');
      expect(await readFile(join(kept, 'file'), 'utf8')).toBe('of the host\n');
    });

    test('a declared volume begins with what the image has there; a tmpfs in its place is empty', async () => {
      const line = 'cat /data/seed; echo more >/data/more && ls /data';
      expect(await contract.print(line, {}, 'contract')).toBe('of the image\nmore\nseed\n');
      const inTmpfs =
        "ls -A /data; sed -n 's/.* \\/data \\(tmpfs\\) .*/\\1/p' /proc/mounts; echo x >/data/x && ls /data";
      expect(await contract.print(inTmpfs, { tmpfs: ['/data'] }, 'contract')).toBe('tmpfs\nx\n');
    });

    test('an anonymous volume is made where the image has nothing, and can be written', async () => {
      const line = 'ls -A /new/volume; echo x >/new/volume/x && cat /new/volume/x';
      expect(await contract.print(line, { anonymousVolumes: ['/new/volume'] })).toBe('x\n');
    });
  });
}

/** The regular files of what `copyOut` gives, by name. */
async function collect(container: Container, path: string): Promise<Record<string, string>> {
  await using copy = container.copyOut(path);
  const files: Record<string, string> = {};
  for await (const member of readTar(copy.stdout)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of member.body) chunks.push(chunk);
    if (member.isFile) files[member.name.replace(/^\.\//, '')] = Buffer.concat(chunks).toString('latin1');
  }
  expect((await copy.ended).exitCode).toBe(0);
  return files;
}
