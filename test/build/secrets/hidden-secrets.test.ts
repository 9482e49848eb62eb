import { expect, test } from 'vitest';
import { findHiddenSecrets } from '../../../src/build/secrets/hidden-secrets.js';
import type { HiddenFile } from '../../../src/image/archive/account-layers.js';
import { asImagePath } from '../../../src/image/path.js';

const token = 'ghp_R4nd0mQ8wErTyUiOpAsDfGhJkLzXcVbNm1qW';
const { signal } = new AbortController();

function hiddenFile(path: string, body: string, given: Partial<HiddenFile> = {}): HiddenFile {
  const bytes = Buffer.from(body, 'latin1');
  return {
    ...{ path: asImagePath(path), sizeBytes: bytes.length, broughtBy: 1, hiddenBy: 2, how: 'removed' },
    ...{ isCopyStanding: false, read: (offset, length) => bytes.subarray(offset, offset + length) },
    ...given,
  };
}

async function found(files: readonly HiddenFile[], packaged: readonly string[] = []): Promise<readonly string[]> {
  const ownerOf = (path: string) => (packaged.includes(path) ? 'package' : undefined);
  const secrets = await findHiddenSecrets(files, { ownerOf }, signal);
  return secrets.map(({ where, what, broughtBy, hiddenBy, how }) =>
    [where.kind === 'file' ? where.path : '', what, `${broughtBy}>${hiddenBy}`, how].join(' '),
  );
}

test('by the layers that brought them, with what became of them', async () => {
  const files = [
    hiddenFile('/app/.env', 'A=1', { broughtBy: 3, hiddenBy: 5, how: 'replaced' }),
    hiddenFile('/root/notes', `first\n${token}\n`),
    hiddenFile('/root/plain', 'nothing'),
  ];
  expect(await found(files)).toEqual(['/root/notes a GitHub token 1>2 removed', '/app/.env an .env file 3>5 replaced']);
});

test('what stands there all the same is found there, and not here', async () => {
  const copies = [true, false].map((isCopyStanding) =>
    hiddenFile('/app/.env', 'A=1', { how: 'same-contents', isCopyStanding }),
  );
  expect(await found(copies)).toEqual(['/app/.env an .env file 1>2 same-contents']);
});

test('a distribution’s programs are public, also once their package is gone; its texts are not', async () => {
  const program = `\x7fELF ${token} `;
  const files = [
    '/usr/lib/x86_64-linux-gnu/libtls.so.1',
    '/bin/tool',
    '/usr/local/bin/own',
    '/srv/packaged',
    '/srv/own',
  ];
  expect(
    await found(
      [...files.map((path) => hiddenFile(path, program)), hiddenFile('/usr/lib/note', token)],
      ['/srv/packaged'],
    ),
  ).toEqual([
    '/usr/local/bin/own a GitHub token 1>2 removed',
    '/srv/own a GitHub token 1>2 removed',
    '/usr/lib/note a GitHub token 1>2 removed',
  ]);
});

test('stops when it is told to', async () => {
  const aborted = AbortSignal.abort(new Error('enough'));
  const search = findHiddenSecrets([hiddenFile('/a', 'a')], { ownerOf: () => undefined }, aborted);
  await expect(search).rejects.toThrow('enough');
});
