import { expect, test } from 'vitest';
import type { BaseRequest } from '../src/build/result-options.js';
import { requireBase } from '../src/require-base.js';

const platform = { os: 'linux', architecture: 'amd64' };
const named: BaseRequest = { kind: 'image', reference: 'base' };
const family: BaseRequest = { kind: 'distroless', variant: undefined, repository: 'gcr.io/distroless/' };

async function problemOf(
  request: BaseRequest,
  name: string,
  debugName?: string,
  keepsImages = true,
): Promise<string | undefined> {
  const base = { id: 'sha256:1', names: ['base:latest', 'base:1'], platform, config: {}, layerCount: 1 };
  const engine = { keepsImages, inspectImage: async () => base };
  const target = { name, failedName: `${name}-failed`, output: undefined, failedOutput: undefined };
  const debug = debugName === undefined ? undefined : { name: debugName, busyboxFile: undefined };
  const wanted = { source: { id: 'sha256:2', platform }, target, debug };
  const context = { engine, signal: new AbortController().signal };
  try {
    await requireBase(request, wanted as never, context as never);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('the base loses no name to the slim image or to the one for debugging', async () => {
  expect(await problemOf(named, 'base:1')).toMatch('--tag base:1 is a name of the base image');
  expect(await problemOf(named, 'app:slim', 'base:latest')).toMatch(
    '--debug-tag base:latest is a name of the base image',
  );
  expect(await problemOf(named, 'app:slim', 'app:debug')).toBeUndefined();
});

test('no base that may be chosen loses its name, whichever it will be', async () => {
  const cc = 'gcr.io/distroless/cc-debian12:latest';
  expect(await problemOf(family, cc)).toMatch(`--tag ${cc} is a name that a distroless base may have`);
  expect(await problemOf(family, 'app:slim', cc)).toMatch(`--debug-tag ${cc} is`);
  expect(await problemOf(family, 'gcr.io/distroless/app:slim', 'gcr.io/distroless2/cc-debian12:1')).toBeUndefined();
});

test('a family that only an engine could have is refused before an archive is slimmed without one', async () => {
  expect(await problemOf(family, 'app:slim', undefined, false)).toMatch(/^--base distroless takes an image of gcr\.io/);
  for (const repository of ['oci:bases', import.meta.dirname])
    expect(await problemOf({ ...family, repository }, 'app:slim', undefined, false)).toBeUndefined();
});
