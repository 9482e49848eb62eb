import { expect, test } from 'vitest';
import { planDebugImage } from '../src/debug-image.js';
import { runInProcess } from './cli/run-in-process.ts';

const target = { name: 'app:1-slim', failedName: 'app:1-slim-failed', output: undefined, failedOutput: undefined };

async function plan(name: string, busyboxFile: string, keepsImages = true): Promise<unknown> {
  const source = { names: ['app:1', 'app:latest'], platform: { os: 'linux', architecture: 'amd64' } };
  const context = { engine: { keepsImages }, signal: new AbortController().signal };
  const asked = planDebugImage({ name, busyboxFile }, { source, target } as never, context as never);
  return await asked.catch((error: Error & { readonly hint?: string }) => `${error.message}; ${error.hint ?? ''}`);
}

test.each(['app:1', 'app:latest', 'app:1-slim', 'app:1-slim-failed'])(
  'an image for debugging never takes a name that another image has: %s',
  async (name) => {
    expect(await plan(name, '/bin/busybox')).toMatch(`--debug-tag ${name} is `);
  },
);

test('a busybox that is none is refused before the work', async () => {
  expect(await plan('app:debug', '/etc/passwd')).toMatch(/as the busybox: it is no ELF executable; it takes a static/);
});

test('an engine that forgets images could keep none for debugging', async () => {
  expect(await plan('app:debug', '/bin/busybox', false)).toMatch(
    /needs an engine that keeps images.*; load the archive/,
  );
});

test('without the flag there is nothing to plan', async () => {
  expect(await planDebugImage(undefined, {} as never, {} as never)).toBeUndefined();
});

test.each([
  [['slim', 'x', '--debug-busybox', '/bin/busybox'], '--debug-busybox goes with --debug-tag'],
  [['slim', 'x', '--debug-tag', 'Not A Name'], '--debug-tag "Not A Name" is not NAME[:TAG]'],
  [['debug', 'web', '--engine', 'embedded'], 'Allowed choices are auto, docker, podman'],
  [['debug'], "missing required argument 'container'"],
])(
  '%j is refused with words and exit code 2',
  async (args, words) => {
    const { exitCode, stdout, stderr } = await runInProcess(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  },
  30_000,
);
