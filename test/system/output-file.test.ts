import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SlimtraceError } from '../../src/errors.js';
import { openOutputFile } from '../../src/system/output-file.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'output-file-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (name: string) => join(directory, name);

describe('openOutputFile', () => {
  test('the file is there when it is complete, and not before', async () => {
    {
      await using output = await openOutputFile(at('out.tar'));
      await output.write((path) => writeFile(path, 'all of it'));
      expect(existsSync(at('out.tar'))).toBe(false);
      await output.commit();
    }
    expect(readFileSync(at('out.tar'), 'utf8')).toBe('all of it');
    expect(readdirSync(directory)).toEqual(['out.tar']);
  });

  test('without a commit nothing remains, and what was there before stays', async () => {
    writeFileSync(at('out.tar'), 'good');
    {
      await using output = await openOutputFile(at('out.tar'));
      await output.write((path) => writeFile(path, 'half'));
    }
    expect(readFileSync(at('out.tar'), 'utf8')).toBe('good');
    expect(readdirSync(directory)).toEqual(['out.tar']);
  });

  test('what cannot be written is told before the work starts', async () => {
    mkdirSync(at('directory'));
    for (const path of [at('none/out.tar'), at('directory'), `${at('new')}/`, '/dev/null', '/proc/out'])
      await expect(openOutputFile(path)).rejects.toMatchObject({ code: 'output-unwritable', details: { file: path } });
  });

  test('a device is never replaced by a file', async () => {
    await expect(openOutputFile('/dev/null')).rejects.toThrow('/dev/null');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('a link stays a link, and the file behind it is written', async () => {
    writeFileSync(at('real'), 'old');
    symlinkSync('real', at('link'));
    await using output = await openOutputFile(at('link'));
    await output.write((path) => writeFile(path, 'new'));
    await output.commit();
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('real'), 'utf8')).toBe('new');
  });

  test('what a killed run left is removed, even one that had our own process ID; what a running one writes is not', async () => {
    const names = [
      'out.999999999.partial',
      `out.${process.pid}.partial`,
      'out.1.partial',
      'out.x.partial',
      'other.999999999.partial',
    ];
    for (const name of names) writeFileSync(at(name), 'left');
    {
      await using _output = await openOutputFile(at('out'));
    }
    expect(readdirSync(directory).sort()).toEqual(['other.999999999.partial', 'out.1.partial', 'out.x.partial']);
  });

  test('a second output of the same name is refused, and takes nothing from the first', async () => {
    await using first = await openOutputFile(at('out'));
    await first.write((path) => writeFile(path, 'first'));
    symlinkSync('.', at('here'));
    for (const name of ['out', 'here/../out', 'here/out'])
      await expect(openOutputFile(at(name))).rejects.toMatchObject({
        code: 'output-unwritable',
        cause: expect.objectContaining({ message: expect.stringContaining('another output of the same run') }),
      });
    await first.commit();
    expect(readFileSync(at('out'), 'utf8')).toBe('first');
  });

  test('a disk that fills up is told as the output’s failure, anything else as what it is', async () => {
    await using output = await openOutputFile(at('out'));
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    for (const error of [full, new SlimtraceError('archive-invalid', {}, { cause: full })])
      await expect(output.write(() => Promise.reject(error))).rejects.toMatchObject({
        code: 'output-unwritable',
        details: { file: at('out') },
        cause: full,
      });
    const other = new SlimtraceError('contents-missing', { path: '/x' });
    await expect(output.write(() => Promise.reject(other))).rejects.toBe(other);
  });

  test.skipIf(process.getuid?.() === 0)('a directory that may not be written is told', async () => {
    chmodSync(directory, 0o500);
    await expect(openOutputFile(at('out'))).rejects.toMatchObject({ code: 'output-unwritable' });
    chmodSync(directory, 0o700);
  });
});
