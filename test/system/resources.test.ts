import { expect, test } from 'vitest';
import { Resources } from '../../src/system/resources.js';

function held(log: string[], name: string, failure?: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      log.push(name);
      if (failure !== undefined) throw new Error(failure);
    },
  };
}

test('released in reverse order: the container before the directory it writes to', async () => {
  const log: string[] = [];
  {
    await using resources = new Resources();
    resources.use(held(log, 'directory'));
    resources.use(held(log, 'container'));
  }
  expect(log).toEqual(['container', 'directory']);
});

test('a release that fails keeps none of the others from being tried', async () => {
  const log: string[] = [];
  const resources = new Resources();
  resources.use(held(log, 'a', 'last'));
  resources.use(held(log, 'b', 'first'));
  resources.use(held(log, 'c'));
  await expect(resources[Symbol.asyncDispose]()).rejects.toThrow('first');
  expect(log).toEqual(['c', 'b', 'a']);
});

test('what was handed over is released by the new holder, once', async () => {
  const log: string[] = [];
  const resources = new Resources();
  resources.use(held(log, 'a'));
  const moved = resources.move();
  await resources[Symbol.asyncDispose]();
  expect(log).toEqual([]);
  await moved[Symbol.asyncDispose]();
  await moved[Symbol.asyncDispose]();
  expect(log).toEqual(['a']);
});
