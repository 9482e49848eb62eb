import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  failedArchiveReference,
  parseArchiveReference,
  parseArchiveTarget,
  renderArchiveReference,
  slimArchiveReference,
  withoutDirectory,
} from '../../../src/image/archive/reference.js';

let directory: string;
let before: string;
beforeAll(() => {
  before = process.cwd();
  directory = realpathSync(mkdtempSync(`${tmpdir()}/reference-`));
  process.chdir(directory);
  mkdirSync('layout');
  writeFileSync('layout/oci-layout', '{}');
  mkdirSync('nginx');
  mkdirSync('sub');
  for (const file of ['app.tar', 'app.tgz', 'plain', 'sub/app', 'a:b.tar', 'a']) writeFileSync(file, '');
});
afterAll(() => {
  process.chdir(before);
  rmSync(directory, { recursive: true, force: true });
});

describe('parseArchiveReference', () => {
  test.each([
    ['docker-archive:app.tar', { transport: 'docker-archive', path: 'app.tar' }],
    ['docker-archive:app.tar:nginx', { transport: 'docker-archive', path: 'app.tar', selector: 'nginx' }],
    ['docker-archive:app.tar:nginx:1.27', { transport: 'docker-archive', path: 'app.tar', selector: 'nginx:1.27' }],
    ['docker-archive:app.tar:@1', { transport: 'docker-archive', path: 'app.tar', selector: '@1' }],
    [
      'docker-archive:plain:example.test:5000/a',
      { transport: 'docker-archive', path: 'plain', selector: 'example.test:5000/a' },
    ],
    ['oci-archive:app.tar:latest', { transport: 'oci-archive', path: 'app.tar', selector: 'latest' }],
    ['oci-archive:app.tar:', { transport: 'oci-archive', path: 'app.tar' }],
    ['oci:layout', { transport: 'oci', path: 'layout' }],
    ['oci:layout:1', { transport: 'oci', path: 'layout', selector: '1' }],
    ['oci:nginx', { transport: 'oci', path: 'nginx' }],
    ['layout', { transport: 'oci', path: 'layout' }],
    ['./layout', { transport: 'oci', path: './layout' }],
    ['layout/', { transport: 'oci', path: 'layout/' }],
    ['app.tar', { transport: 'file', path: 'app.tar' }],
    ['app.tgz', { transport: 'file', path: 'app.tgz' }],
    ['./plain', { transport: 'file', path: './plain' }],
    ['sub/app', { transport: 'file', path: 'sub/app' }],
  ])('%s', (text, expected) => {
    expect(parseArchiveReference(text)).toEqual(expected);
    if (!text.endsWith(':') && expected.transport !== 'oci')
      expect(renderArchiveReference(parseArchiveReference(text) ?? { transport: 'file', path: '' })).toBe(text);
  });

  test('a path with a colon is found when only that is there, else skopeo’s first colon ends it', () => {
    expect(parseArchiveReference('oci-archive:a:b.tar')).toEqual({
      transport: 'oci-archive',
      path: 'a',
      selector: 'b.tar',
    });
    rmSync('a');
    expect(parseArchiveReference('oci-archive:a:b.tar')).toEqual({ transport: 'oci-archive', path: 'a:b.tar' });
    expect(parseArchiveReference('oci-archive:a:b.tar:1')).toEqual({
      transport: 'oci-archive',
      path: 'a:b.tar',
      selector: '1',
    });
  });

  test.each([
    'nginx', // a directory that is no OCI layout
    'plain', // a file that nothing shows to be an archive
    'nginx:1.27',
    'ghcr.io/a/b',
    'ghcr.io/a/b@sha256:0123',
    'sub/none',
    'missing.tar',
    'localhost:5000/app:1',
    'ocicat:1',
    'sha256:0123456789ab',
    '',
  ])('%j is a name for the engine', (text) => {
    expect(parseArchiveReference(text)).toBeUndefined();
  });

  test.each([
    ['./missing.tar', './missing.tar'],
    ['/nowhere/app', '/nowhere/app'],
    ['../', '../'],
    ['docker-archive:missing.tar:nginx:1', 'missing.tar'],
    ['oci:missing', 'missing'],
    ['oci:app.tar', 'app.tar'],
    ['oci-archive:layout', 'layout'],
  ])('%s is not there, and is no name either', (text, file) => {
    expect(() => parseArchiveReference(text)).toThrow(
      expect.objectContaining({ code: 'archive-not-found', details: { file }, exitCode: 3 }),
    );
  });

  test('a prefix alone names nothing', () => {
    for (const text of ['oci:', 'docker-archive::tag', 'oci-archive:'])
      expect(() => parseArchiveReference(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

test('a target needn’t be there', () => {
  expect(parseArchiveTarget('oci:new/layout')).toEqual({ transport: 'oci', path: 'new/layout' });
  expect(parseArchiveTarget('oci:new:1')).toEqual({ transport: 'oci', path: 'new', selector: '1' });
  expect(parseArchiveTarget('nginx:1')).toEqual({ transport: 'file', path: 'nginx:1' });
});

describe('slimArchiveReference goes beside the source', () => {
  test.each([
    ['app.tar', 'app-slim.tar', 'app-slim-failed.tar'],
    ['./a/app.tar.gz', './a/app-slim.tar', './a/app-slim-failed.tar'],
    ['app.tgz', 'app-slim.tar', 'app-slim-failed.tar'],
    ['/a.tar/app.tar.zst', '/a.tar/app-slim.tar', '/a.tar/app-slim-failed.tar'],
    ['app.oci', 'app-slim.oci', 'app-slim-failed.oci'],
    ['a.b/app', 'a.b/app-slim.tar', 'a.b/app-slim-failed.tar'],
    ['.tar', '.tar-slim.tar', '.tar-slim-failed.tar'],
  ])('%s', (path, slim, failed) => {
    const reference = slimArchiveReference({ transport: 'docker-archive', path, selector: 'app:1' });
    expect(reference).toEqual({ transport: 'docker-archive', path: slim });
    expect(failedArchiveReference(reference).path).toBe(failed);
  });

  test('a directory beside the directory, whatever way it is named', () => {
    const of = (path: string) => slimArchiveReference({ transport: 'oci', path });
    expect(of('layout.tar')).toEqual({ transport: 'oci', path: 'layout.tar-slim' });
    expect(of('a/layout//')).toEqual({ transport: 'oci', path: 'a/layout-slim' });
    expect(of('.')).toEqual({ transport: 'oci', path: `${directory}-slim` });
    expect(failedArchiveReference(of('a')).path).toBe('a-slim-failed');
  });
});

test.each([
  ['nginx:1.27', 'nginx:1.27'],
  ['registry.test:5000/team/app', 'registry.test:5000/team/app'],
  ['./app.tar', 'app.tar'],
  ['oci:sub/../layout', 'oci:layout'],
  ['docker-archive:./app.tar:nginx:1.27', 'docker-archive:app.tar:nginx:1.27'],
  ['/home/me/gone.tar', 'gone.tar'],
])('withoutDirectory(%j): where an archive lay is nobody else’s business', (text, name) => {
  expect(withoutDirectory(text)).toBe(name);
});
