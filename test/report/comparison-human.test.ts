import { describe, expect, test } from 'vitest';
import { renderComparison } from '../../src/report/comparison-human.js';
import { ansiStyle, plainStyle } from '../../src/report/style.js';
import { comparisonOf } from './comparison-of.js';
import { hostileNames } from './hostile-names.js';

describe('renderComparison', () => {
  test('reads like this', async () => {
    expect(renderComparison(await comparisonOf(), plainStyle)).toBe(`original  app:1
slim      app:1-slim

                     original     slim  change
size                  1.00 MB  52.0 kB  -94.8%
files                       5        4      -1
layers                      5        1      -4
packages with files         0        0       =
shells                      1        0      -1
setuid/setgid files         1        0      -1

3 files gone (900 kB), 2 files added (2.00 kB), 1 file changed (5 B, now 10 B)

removed
     2 B  /bin/sh
  900 kB  /usr/bin/gcc
     2 B  /usr/bin/su

added
  2 files, 2.00 kB  /app/new

contents changed
  5 B  +5 B  /app/config

metadata
  uid   1000 -> 0     /app/config
  mode  0600 -> 0644  /app/config

config
  User  app -> nothing

files of the same size, time and metadata count as unchanged; --deep compares their contents as well
`);
  });

  test('an image compared with itself has no sections to show', async () => {
    const about = [
      { id: 'sha256:1', reference: 'app' },
      { id: 'sha256:1', reference: 'app' },
    ] as const;
    const entries = { '/x': { body: 'x' } };
    const text = renderComparison(await comparisonOf({ original: entries, slim: entries, about }), plainStyle);
    expect(text).toContain('one and the same image');
    expect(text).not.toMatch(/^(?:added|metadata|config|packages|contents changed|largest.*|files of .*)$/m);
  });

  test('nothing in an image reaches the terminal raw', async () => {
    const slim = Object.fromEntries(
      hostileNames.flatMap((name) => [
        [`/new/${name}x`, { linkTarget: name }],
        [`/old/${name}`, { body: 'other', xattrs: new Map([[`user.${name}`, Buffer.from(name)]]) }],
      ]),
    );
    const original = Object.fromEntries(
      hostileNames.flatMap((name) => [
        [`/gone ${name}/${name}`, { body: 'gone' }],
        [`/old/${name}`, { body: 'x' }],
      ]),
    );
    for (const name of hostileNames) {
      const config = { User: name, Env: [`${name}=${name}`], Labels: { [name]: name }, Cmd: [name] };
      const about = [{ reference: name, config }, { reference: name }] as const;
      const text = renderComparison(await comparisonOf({ original, slim, about }), plainStyle);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(text.split('\n').length).toBeLessThan(150);
    }
  });

  test('colour is only what is passed in, and takes no part in the alignment', async () => {
    const comparison = await comparisonOf();
    const coloured = renderComparison(comparison, ansiStyle);
    expect(coloured).toContain('\u001b[32m-94.8%\u001b[39m');
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderComparison(comparison, plainStyle));
  });

  test('an image that grew says so', async () => {
    const about = [{ sizeBytes: 100 }, { sizeBytes: 250 }] as const;
    expect(renderComparison(await comparisonOf({ about }), plainStyle)).toContain('+150.0%');
  });

  test('a long list ends with how much more there is', async () => {
    const slim = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`/f${at}`, { body: 'x' }]));
    const text = renderComparison(await comparisonOf({ original: {}, slim }), plainStyle);
    expect(text).toContain('and 30 more (--json has them all)');
  });

  test('of many files that went, the directories are told', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`/usr/lib/f${at}`, { body: 'x' }]));
    const text = renderComparison(await comparisonOf({ original: { '/bin/sh': {}, ...many }, slim: {} }), plainStyle);
    expect(text).toContain('\n\nlargest directories removed\n  30 B  30 files  /usr/lib (all of it)\n\n');
  });

  test('what went is named even where it weighs nothing, few or many', async () => {
    const few = { '/app/__init__.py': {}, '/srv/empty': { type: 'directory' }, '/link': { linkTarget: 'x' } } as const;
    const text = renderComparison(await comparisonOf({ original: few, slim: {} }), plainStyle);
    expect(text).toMatch(
      /removed\n +0 B {2}\/app\/__init__\.py\n +symlink {2}\/link\n +empty directory {2}\/srv\/empty\n/,
    );
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`/app/${at}`, {}]));
    expect(renderComparison(await comparisonOf({ original: many, slim: {} }), plainStyle)).toMatch(
      /\nremoved\n {2}0 B {2}\/app\/0\n(?:.*\n){19} {2}and 10 more \(--json has them all\)\n/,
    );
  });

  test('an added directory is one row with all that is in it, though other names sort in between', async () => {
    const slim = { '/d': { type: 'directory' }, '/d-e': { body: '1' }, '/d/x': { body: '12' } } as const;
    const text = renderComparison(await comparisonOf({ original: {}, slim }), plainStyle);
    expect(text).toMatch(/added\n +1 file, 2 B {2}\/d\n +1 B {2}\/d-e\n\n/);
  });
});
