import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { readBusyboxFacts } from '../../../src/build/debug/busybox-facts.js';
import { openBusybox } from '../../../src/build/debug/open-busybox.js';

const own = process.arch === 'arm64' ? 'arm64' : 'amd64';
const other = own === 'amd64' ? 'arm64' : 'amd64';
const { signal } = new AbortController();

test('the commands of a busybox are read as it lists them itself, and nothing is run for it', async () => {
  const { applets, version, from } = await openBusybox({ file: undefined, architecture: own, signal });
  expect(from).toMatch(/busybox/);
  const { stdout } = await execa('busybox', ['--list']);
  expect(applets).toEqual(stdout.split('\n'));
  expect(applets.length).toBeGreaterThan(100);
  expect((await execa('busybox')).stdout).toContain(`BusyBox v${version}`);
});

test('one for another architecture, one with libraries, a script and another program are told apart', async () => {
  const busybox = await readFile('/bin/busybox');
  expect(readBusyboxFacts(busybox, other)).toBe(`it is not for ${other}`);
  expect(readBusyboxFacts(await readFile('/bin/ls'), own)).toMatch(/^it is linked with libraries/);
  expect(readBusyboxFacts(Buffer.from('#!/bin/sh\n'), own)).toBe('it is no ELF executable');
  expect(readBusyboxFacts(busybox.subarray(0, 4096), own)).toBe('it is no busybox');
  const agent = own === 'amd64' ? 'x86_64' : 'aarch64';
  const another = await readFile(`src/agent/prebuilt/${agent}/slimtrace-agent`);
  expect(readBusyboxFacts(another, own)).toBe('it is no busybox');
});

test('a given file that is none is refused with the reason, and one that is not there is said to be', async () => {
  const refused = openBusybox({ file: '/bin/ls', architecture: own, signal });
  await expect(refused).rejects.toMatchObject({ code: 'busybox-unusable', details: { file: '/bin/ls' } });
  const missing = openBusybox({ file: '/nonexistent/busybox', architecture: own, signal });
  await expect(missing).rejects.toMatchObject({ code: 'file-unreadable' });
});

test('where this machine has none for the architecture, Debian’s package is asked', async () => {
  const asked = openBusybox({ file: undefined, architecture: other, signal });
  // Fetched where that architecture's packages are known; else the error says all that was tried.
  const outcome = await asked.then(
    ({ from }) => from,
    (error: { readonly code: string; readonly message: string }) => `${error.code}: ${error.message}`,
  );
  expect(outcome).toMatch(
    new RegExp(`^Debian’s busybox-static:${other}$|^busybox-missing: .*not for ${other}.*apt-get`),
  );
});
