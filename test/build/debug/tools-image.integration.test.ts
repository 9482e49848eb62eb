import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseBusyboxDirectory } from '../../../src/build/debug/busybox-files.js';
import { openBusybox } from '../../../src/build/debug/open-busybox.js';
import { writeToolsImage } from '../../../src/build/debug/tools-image.js';
import { validateWrittenImage } from '../../../src/image/archive/validate.js';
import { asImagePath } from '../../../src/image/path.js';
import { openTempDir } from '../../../src/system/temp-dir.js';

const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

test('the same busybox gives the same image, and a valid one', async () => {
  await using work = await openTempDir();
  const busybox = await openBusybox({ file: undefined, architecture, signal: new AbortController().signal });
  const write = async (name: string) => {
    const target = { transport: 'file', path: join(work.path, 'tools.tar') } as const;
    const written = await writeToolsImage(target, name, busybox, architecture);
    await validateWrittenImage(target);
    return written;
  };
  const first = await write('tools:one');
  expect((await write('tools:two')).id).toBe(first.id);
  expect(first.layersBytes).toBeLessThan(busybox.bytes.length + 400_000);
});

test('a busybox never takes the place of what the image has', () => {
  const entries = (...paths: string[]) => paths.map((path) => ({ path: asImagePath(path) }));
  expect(chooseBusyboxDirectory(entries('/bin', '/busybox-like'))).toBe('/busybox');
  expect(chooseBusyboxDirectory(entries('/busybox'))).toBe('/.slimtrace-busybox');
  expect(() => chooseBusyboxDirectory(entries('/busybox', '/.slimtrace-busybox'))).toThrow('has /busybox and');
});
