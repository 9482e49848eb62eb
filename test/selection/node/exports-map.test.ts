import { describe, expect, test } from 'vitest';
import { exportTargets, importTargets } from '../../../src/selection/node/exports-map.ts';

const require = new Set(['node', 'require']);

describe('the exports of a package', () => {
  test.each([
    ['./main.js', '.', ['./main.js']],
    ['./main.js', './other', undefined],
    [{ import: './a.mjs', require: './a.cjs' }, '.', ['./a.cjs']],
    [{ browser: './b.js', default: './a.js' }, '.', ['./a.js']],
    [{ node: { import: './a.mjs' }, default: './a.js' }, '.', ['./a.js']],
    [{ '.': './a.js', './sub': { require: './sub.cjs' } }, './sub', ['./sub.cjs']],
    [{ './features/*.js': './src/*.js' }, './features/x/y.js', ['./src/x/y.js']],
    [{ './*': './all/*.js', './internal/*': null }, './internal/x', undefined],
    [{ './*': './all/*.js', './a*': './a/*.js' }, './abc', ['./a/bc.js']],
    [{ './lib/': './build/' }, './lib/x.js', ['./build/x.js']],
    [{ '.': ['not-a-path', './a.js'] }, '.', ['not-a-path', './a.js']],
    [{ '.': null }, '.', undefined],
    [42, '.', undefined],
  ])('%j, %s', (exports, subpath, expected) => {
    expect(exportTargets(exports, subpath, require)).toEqual(expected);
  });

  test('imports lead to files and to other packages', () => {
    const imports = { '#db': { node: 'pg', default: './db.js' }, '#lib/*': './lib/*.js' };
    expect(importTargets(imports, '#db', require)).toEqual(['pg']);
    expect(importTargets(imports, '#lib/a', require)).toEqual(['./lib/a.js']);
    expect(importTargets(imports, '#other', require)).toBeUndefined();
  });

  test('conditions without an end are given up', () => {
    let nested: unknown = './a.js';
    for (let depth = 0; depth < 1000; depth += 1) nested = { default: nested };
    expect(exportTargets(nested, '.', require)).toBeUndefined();
  });
});
