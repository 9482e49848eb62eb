import { describe, expect, test } from 'vitest';
import { failedName, parseTargetName, pinnedName, pullName, registryDigest, slimName } from '../../src/image/name.js';

const longTag = 't'.repeat(128);

describe('slimName', () => {
  test.each([
    ['nginx', [], 'nginx:latest-slim'],
    ['nginx:1.27', [], 'nginx:1.27-slim'],
    ['localhost:5000/app', [], 'localhost:5000/app:latest-slim'],
    ['localhost:5000/team/app:v1', [], 'localhost:5000/team/app:v1-slim'],
    [`app@sha256:${'a'.repeat(64)}`, [], 'app:slim'],
    [`app:1@sha256:${'a'.repeat(64)}`, [], 'app:1-slim'],
    ['sha256:0123456789abcdef', ['app:1', 'app:2'], 'app:1-slim'],
    ['0123456789ab', ['app:1'], 'app:1-slim'],
    ['3f2', ['app:1'], 'app:1-slim'],
    ['cafe', ['other:1', 'cafe:latest'], 'cafe:latest-slim'],
  ])('%s (%j) becomes %s', (reference, names, expected) => {
    expect(slimName(reference, names)).toBe(expected);
  });

  test('an image without a name needs one: nothing is named after an ID', () => {
    expect(() => slimName('0123456789ab', [])).toThrow('no name');
  });

  test('a tag that would be too long is refused before the work, not after it', () => {
    expect(() => slimName(`app:${longTag}`, [])).toThrow('longer than 128');
  });
});

describe('failedName', () => {
  test.each([
    ['app:1-slim', 'app:1-slim-failed'],
    ['localhost:5000/app', 'localhost:5000/app:latest-failed'],
  ])('%s becomes %s', (name, expected) => {
    expect(failedName(name)).toBe(expected);
  });

  test('is never the good name, even where there is no room for a suffix', () => {
    const name = `app:${longTag}`;
    expect(failedName(name)).not.toBe(name);
    expect(parseTargetName(failedName(name))).toBe(failedName(name));
  });
});

describe('parseTargetName', () => {
  test.each([
    ['app', 'app:latest'],
    ['app:1', 'app:1'],
    ['localhost:5000/team/app', 'localhost:5000/team/app:latest'],
    ['Registry.Example.com/app:V1', 'Registry.Example.com/app:V1'],
    ['a__b/c--d.e_f:_x', 'a__b/c--d.e_f:_x'],
  ])('%s is %s', (text, expected) => {
    expect(parseTargetName(text)).toBe(expected);
  });

  test.each([
    '',
    ':1',
    'app:',
    'App',
    'team/App',
    'a//b',
    '/app',
    'app/',
    'app:1:2',
    'a..b',
    'a___b',
    '-app',
    'app:-x',
    `app:${longTag}t`,
    'app@sha256:00',
    'app name',
    'app\n',
    'app:1\n',
    'localhost:port/app',
    '--help',
    'a'.repeat(256),
  ])('%j is refused at once, not by the engine after all the work', (text) => {
    expect(() => parseTargetName(text)).toThrow('is not NAME[:TAG]');
  });
});

describe('the name others can pull a base by', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const id = `sha256:${'b'.repeat(64)}`;

  test.each([
    [
      'a tag made explicit',
      'gcr.io/distroless/cc-debian12',
      [],
      ['gcr.io/distroless/cc-debian12@x'],
      'gcr.io/distroless/cc-debian12:latest',
    ],
    ['Docker Hub’s address', 'debian:12', ['debian:12'], [`debian@${digest}`], 'docker.io/library/debian:12'],
    ['of somebody’s there', 'team/app:1', ['team/app:1'], [`team/app@${digest}`], 'docker.io/team/app:1'],
    ['never in any registry', 'team/app', ['team/app:latest'], [], 'team/app:latest'],
    [
      'a registry of one’s own',
      'localhost:5000/app',
      [],
      [`localhost:5000/app@${digest}`],
      'localhost:5000/app:latest',
    ],
    ['Podman’s for what is only there', 'localhost/app', [], ['localhost/app@x'], 'localhost/app:latest'],
    ['by a digest', `debian@${digest}`, [], [`debian@${digest}`], `docker.io/library/debian@${digest}`],
    [
      'Docker Hub’s, as Podman has it',
      'redis:7',
      [],
      [`docker.io/library/redis@${digest}`],
      'docker.io/library/redis:7',
    ],
    [
      'another registry’s, under a name of this machine’s own',
      'app:ci',
      ['app:ci'],
      [`localhost:5000/team/app@${digest}`],
      `localhost:5000/team/app@${digest}`,
    ],
    ['by an ID', id, ['team/app:1'], [], 'team/app:1'],
    ['by an ID of what has but a digest', id, [], [`app@${digest}`], `docker.io/library/app@${digest}`],
    ['by an ID that has no name', id, [], [], undefined],
  ])('%s', (_what, reference, names, repoDigests, expected) => {
    expect(pullName(reference, names, repoDigests)).toBe(expected);
  });

  test.each([
    [
      'with its tag',
      'localhost:5000/app:1',
      [],
      [`other@x`, `localhost:5000/app@${digest}`],
      `localhost:5000/app:1@${digest}`,
    ],
    ['the tag made explicit', 'debian', [], [`debian@${digest}`], `debian:latest@${digest}`],
    [
      'Docker Hub’s, written out',
      'docker.io/library/debian:12',
      [],
      [`debian@${digest}`],
      `docker.io/library/debian:12@${digest}`,
    ],
    ['Docker Hub’s, left out', 'redis:7', [], [`docker.io/library/redis@${digest}`], `redis:7@${digest}`],
    ['as it was given', `app:1@${digest}`, [], [], `app:1@${digest}`],
    ['a name of this machine’s own', 'app:ci', [], [`localhost:5000/app@${digest}`], `localhost:5000/app@${digest}`],
    [
      'by an ID',
      id,
      ['app:ci', 'localhost:5000/app:1'],
      [`localhost:5000/app@${digest}`],
      `localhost:5000/app:1@${digest}`,
    ],
    ['by an ID without a name', id, [], [`localhost:5000/app@${digest}`], `localhost:5000/app@${digest}`],
    ['in no registry', 'app:1', ['app:1'], [], undefined],
  ])('and this very image: %s', (_what, reference, names, repoDigests, expected) => {
    expect(pinnedName(reference, names, repoDigests)).toBe(expected);
  });

  test('the digest it has where it was named after, else anywhere', () => {
    const digests = ['mirror.example/debian@sha256:m', 'debian@sha256:d'];
    expect(registryDigest('debian:12', digests)).toBe('sha256:d');
    expect(registryDigest(id, digests)).toBe('sha256:m');
    expect(registryDigest('debian:12', [])).toBeUndefined();
  });
});
