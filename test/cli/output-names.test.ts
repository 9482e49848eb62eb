import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type NamedFile, requireOwnFiles } from '../../src/cli/output-names.js';

const directory = mkdtempSync(join(tmpdir(), 'output-names-'));
afterAll(() => rmSync(directory, { recursive: true }));
const at = (name: string) => join(directory, name);

mkdirSync(at('dir'));
writeFileSync(at('dir/file'), '');
symlinkSync('dir', at('link'));
symlinkSync('dir/file', at('file-link'));
linkSync(at('dir/file'), at('hard'));

const one = (path: string): NamedFile => ({ flag: '--one', path });
const other = (path: string): NamedFile => ({ flag: '--other', path });

describe('one file by two names', () => {
  test.each([
    ['the same word', at('new'), at('new'), '--one and --other are both'],
    ['a detour', at('new'), `${at('dir')}/../new`, '--one and --other are one file'],
    ['a relative path', at('new'), relative(process.cwd(), at('new')), '--one and --other are one file'],
    ['a linked directory, and no file yet', at('dir/new'), at('link/new'), '--one and --other are one file'],
    ['directories that aren’t there yet', at('dir/a/b/c'), at('link/a/b/c'), '--one and --other are one file'],
    ['a symlink', at('dir/file'), at('file-link'), '--one and --other are one file'],
    ['a hard link', at('dir/file'), at('hard'), '--one and --other are one file'],
  ])('%s', (_what, first, second, words) => {
    expect(() => requireOwnFiles([one(first), other(second)])).toThrow(words);
    expect(() => requireOwnFiles([other(second)], [one(first)])).toThrow(words);
  });

  test('what is read may be read twice, and files of their own are', () => {
    requireOwnFiles([one(at('new')), other(at('new2'))], [one(at('hard')), other(at('dir/file'))]);
  });

  test('nothing lies inside of a directory that is one output or input', () => {
    const layout = { ...one(at('dir')), isDirectory: true };
    const inside = other(at('link/report.json'));
    for (const [outputs, inputs] of [
      [[layout, inside], []],
      [[inside, layout], []],
      [[inside], [layout]],
      [[layout], [inside]],
    ] as const)
      expect(() => requireOwnFiles(outputs, inputs)).toThrow('are one inside of the other');
    requireOwnFiles([layout, other(at('dir-2'))]);
  });

  test('a flag that names nothing', () => {
    expect(() => requireOwnFiles([one('')])).toThrow('--one names no file');
  });
});
