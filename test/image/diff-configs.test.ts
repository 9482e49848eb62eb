import { expect, test } from 'vitest';
import { diffConfigs } from '../../src/image/diff-configs.js';
import type { ImageConfig } from '../../src/image/image.js';

const platform = { os: 'linux', architecture: 'arm64' };
const diff = (original: ImageConfig, slim: ImageConfig) =>
  diffConfigs({ config: original, platform }, { config: slim, platform }).map(
    ({ field, original, slim }) => `${field}: ${original} -> ${slim}`,
  );

test('a user that was lost is told: the app would run as root', () => {
  expect(diff({ User: '1000:1000' }, {})).toEqual(['User: 1000:1000 -> undefined']);
});

test('variables and labels are told one by one, values with = whole', () => {
  expect(
    diff(
      { Env: ['PATH=/bin', 'OPTS=a=b'], Labels: { x: '1' } },
      { Env: ['OPTS=a=c', 'PATH=/bin'], Labels: { x: '2' } },
    ),
  ).toEqual(['Env OPTS: a=b -> a=c', 'Labels x: 1 -> 2']);
});

test('an entrypoint of one word is not that of two', () => {
  expect(diff({ Entrypoint: ['a b'] }, { Entrypoint: ['a', 'b'] })).toEqual(['Entrypoint: ["a b"] -> ["a","b"]']);
});

test('null, absent and empty mean the same; ports and volumes have no order', () => {
  expect(diff({ Entrypoint: null, Cmd: [], Labels: null, WorkingDir: '' }, {})).toEqual([]);
  expect(
    diff({ ExposedPorts: { '80/tcp': {}, '443/tcp': {} } }, { ExposedPorts: { '443/tcp': {}, '80/tcp': {} } }),
  ).toEqual([]);
});

test('a field that nobody here knows is compared too', () => {
  expect(diff({ NewField: { a: 1 } } as ImageConfig, {})).toEqual(['NewField: {"a":1} -> undefined']);
});

test('another architecture is told', () => {
  const differences = diffConfigs(
    { config: {}, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
    { config: {}, platform },
  );
  expect(differences).toEqual([{ field: 'Platform', original: 'linux/arm/v7', slim: 'linux/arm64' }]);
});
