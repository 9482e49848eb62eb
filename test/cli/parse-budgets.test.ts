import { describe, expect, test } from 'vitest';
import { parseBudgets, parseSize } from '../../src/cli/parse-budgets.js';

describe('budgets from flags', () => {
  test.each([
    ['1', 1],
    ['1024', 1024],
    ['120MB', 120e6],
    ['120m', 120e6],
    ['1.5GB', 1.5e9],
    ['1.5 GB', 1.5e9],
    ['80MiB', 80 * 1024 ** 2],
    ['80Mi', 80 * 1024 ** 2],
    ['2kB', 2000],
    ['2KiB', 2048],
    ['1T', 1e12],
    ['512b', 512],
  ])('%s is a size', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', '0', '0MB', '-1', '1e3', '12 apples', 'MB', '1,5GB', '1.2.3MB', '9'.repeat(40), '99999999T', '0x10'])(
    '%j is none',
    (text) => {
      expect(() => parseSize(text)).toThrow(/^--max-size .* is not a size$/);
    },
  );

  test.each([
    ['60%', 0.6],
    ['62.5 %', 0.625],
    ['0.6', 0.6],
    ['.6', 0.6],
  ])('%s is a share', (minReduction, share) => {
    expect(parseBudgets({ minReduction }).minReduction).toBeCloseTo(share);
  });

  test.each(['60', '1', '1.5', '0', '0%', '100%', '160%', '-5%', '', '%', '60 percent'])(
    '%j isn’t clearly a share',
    (minReduction) => {
      expect(() => parseBudgets({ minReduction })).toThrow(/is not a share of the original$/);
    },
  );

  test.each(['', '-1', '1.5', 'many', '1e3'])('%j is no number of files', (maxFiles) => {
    expect(() => parseBudgets({ maxFiles })).toThrow(/is not a number of files$/);
  });

  test('what to fail on, at once or one by one; a misspelt one is told, or it would be no budget', () => {
    expect([...parseBudgets({ failOn: ['shell,setuid', 'root'] }).failOn]).toEqual(['shell', 'setuid', 'root']);
    for (const failOn of [['shells'], [''], ['shell,'], ['Shell']])
      expect(() => parseBudgets({ failOn }), failOn[0]).toThrow(/is not known$/);
  });

  test('packages by name, with their kind before it', () => {
    const texts = ['perl*', 'npm:@babel/core', 'python:requests', 'deb:libssl3'];
    expect(parseBudgets({ forbidPackage: texts }).forbiddenPackages).toEqual([
      { text: 'perl*', type: undefined, name: 'perl*' },
      { text: 'npm:@babel/core', type: 'npm', name: '@babel/core' },
      { text: 'python:requests', type: 'pypi', name: 'requests' },
      { text: 'deb:libssl3', type: 'deb', name: 'libssl3' },
    ]);
    for (const forbidPackage of [
      '',
      'cargo:serde',
      'npm:',
      'a b',
      'libc6:amd64',
      'toString:x',
      'deb/libc6',
      'npm/lodash',
    ])
      expect(() => parseBudgets({ forbidPackage: [forbidPackage] })).toThrow(/is not a package’s name$/);
  });

  test('a forbidden path that could never match is refused', () => {
    expect(() => parseBudgets({ forbidPath: [' '] })).toThrow(/names no path/);
    for (const path of ['../bin/sh', '/usr/../bin/*', '/usr/*/..', '~/.ssh', '!/bin/sh', ' /bin/sh', '/bin/sh '])
      expect(() => parseBudgets({ forbidPath: [path] }), path).toThrow(/would match nothing$/);
    for (const path of ['bin/sh', '/bin/', '//bin//sh', './bin/sh', '/a..b/..c', '*~', '/my file', '\\!x'])
      expect(parseBudgets({ forbidPath: [path] }).forbiddenPaths).toEqual([path]);
    expect(() => parseBudgets({ forbidPath: ['{a,b}'.repeat(30)] })).toThrow(/too many paths/);
  });
});
