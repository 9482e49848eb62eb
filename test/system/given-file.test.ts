import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readGivenFile } from '../../src/system/given-file.js';

const directory = mkdtempSync(join(tmpdir(), 'given-file-'));
afterAll(() => rmSync(directory, { recursive: true }));
const at = (name: string) => join(directory, name);

const makePipe = (name: string): string => {
  execFileSync('mkfifo', [at(name)]);
  return at(name);
};

const tooLarge = { code: 'file-unreadable', cause: { message: 'it is larger than 1 MiB' } };
const maxBytes = 1024 * 1024;

describe('readGivenFile', () => {
  test('a file with exactly as much as is allowed is read, and one byte more is refused', async () => {
    writeFileSync(at('full'), Buffer.alloc(maxBytes, 'x'));
    expect((await readGivenFile(at('full'), { maxBytes })).length).toBe(maxBytes);
    writeFileSync(at('over'), Buffer.alloc(maxBytes + 1, 'x'));
    await expect(readGivenFile(at('over'), { maxBytes })).rejects.toMatchObject(tooLarge);
  });

  test('of a file that is far too large nothing is read', async () => {
    writeFileSync(at('huge'), '');
    truncateSync(at('huge'), 2 ** 43);
    await expect(readGivenFile(at('huge'))).rejects.toMatchObject({ cause: { message: 'it is larger than 16 MiB' } });
  });

  test('a device without an end ends at the bound', async () => {
    await expect(readGivenFile('/dev/zero', { maxBytes })).rejects.toMatchObject(tooLarge);
    expect(await readGivenFile('/dev/null')).toEqual(Buffer.alloc(0));
  });

  test('what the kernel makes up has a size of 0, and is read', async () => {
    expect((await readGivenFile('/proc/self/status')).toString()).toContain('State:');
  });

  test('a pipe is waited for and read to its end, in pieces; one without an end ends at the bound', async () => {
    const pipe = makePipe('pipe');
    const text = 'a line\n'.repeat(50_000);
    writeFileSync(at('text'), text);
    spawn('sh', ['-c', `sleep 0.2; head -c 9 "$1" > "$0"`, pipe, at('text')]).on('error', () => {});
    expect((await readGivenFile(pipe)).toString()).toBe(text.slice(0, 9));
    const writer = spawn('sh', [
      '-c',
      `{ head -c 99999 "$1"; sleep 0.2; tail -c +100000 "$1"; } > "$0"`,
      pipe,
      at('text'),
    ]);
    expect((await readGivenFile(pipe)).toString()).toBe(text);
    const endless = spawn('sh', ['-c', 'exec cat /dev/zero > "$0"', pipe]);
    await expect(readGivenFile(pipe, { maxBytes })).rejects.toMatchObject(tooLarge);
    for (const child of [writer, endless])
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.on('exit', resolve));
  });

  test.each(['a pipe that nobody writes to', 'a pipe that is held open'])('%s can be given up', async (what) => {
    const pipe = makePipe(what);
    const held = what.endsWith('open') ? openSync(pipe, 'r+') : undefined;
    const controller = new AbortController();
    const reading = readGivenFile(pipe, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(reading).rejects.toThrow('enough');
    if (held !== undefined) closeSync(held);
  });

  test('reading of a device can be given up', async () => {
    const controller = new AbortController();
    const reading = readGivenFile('/dev/zero', { signal: controller.signal, maxBytes: 2 ** 33 });
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(reading).rejects.toThrow('enough');
  });

  test('a file that isn’t there has the hint, a directory says what it is', async () => {
    await expect(readGivenFile(at('none'), { hintWhenAbsent: 'make one' })).rejects.toMatchObject({
      code: 'file-unreadable',
      hint: 'make one',
    });
    await expect(readGivenFile(directory)).rejects.toMatchObject({
      code: 'file-unreadable',
      cause: { code: 'EISDIR' },
    });
  });
});
