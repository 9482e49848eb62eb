import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderCopy } from '../../../src/build/dockerfile/render-copy.ts';
import { renderShell } from '../../../src/build/dockerfile/shell-commands.ts';
import { entryOf } from '../../image/tree-of.ts';

const names = ['plain', 'two', 'odd name', "quo'te", 'dol$lar', 'back\\slash', 'line\nfeed\n', 'a->b', 'dÁÈ/é'];
const links = [
  ['link', 'plain'],
  ['odd link', 'a->b'],
  ['c->d', '#c'],
  ['e', 'feed\n\n'],
  ['-f', '-g'],
] as const;
const entries = [
  ...names.map((name) => entryOf(`/${name}`)),
  ...links.map(([name, linkTarget]) => entryOf(`/${name}`, { linkTarget })),
];

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'copy-'));
  await mkdir(join(work, 'fat/dÁÈ'), { recursive: true });
  for (const name of names) await writeFile(join(work, 'fat', name), name);
  for (const [name, target] of links) await symlink(target, join(work, 'fat', name));
  await writeFile(join(work, 'fat/unwanted'), '');
});
afterEach(async () => await rm(work, { recursive: true }));

/** What a builder makes of the instructions: build arguments are the environment of the command. */
function runCopy(copied: typeof entries, env: Readonly<Record<string, string>> = {}) {
  const text = renderCopy(
    { entries: copied, owner: undefined, after: [] },
    { escapeMark: '\\', fat: 'fat', work, root: join(work, 'root'), groupOf: (path) => path },
  )
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll('\\\n', '');
  const values = [...text.matchAll(/^ARG (\w+)="([^"]*)"$/gm)].map(([, name, value]) => [name, value]);
  const [, command = ''] = /^RUN --mount=\S+ (.*)$/ms.exec(text) ?? [];
  const [, ...shell] = JSON.parse((renderShell('/bin/sh')[1] ?? '').replace(/^SHELL /, '')) as string[];
  return spawnSync('/bin/sh', [...shell, command], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...Object.fromEntries(values), ...env },
  });
}

test('whatever the names are, and whatever the image’s environment says, exactly those are taken out', async () => {
  const { status, stderr } = runCopy(entries, {
    TAR_OPTIONS: '--exclude=two --transform=s/plain/other/',
    POSIXLY_CORRECT: '1',
    files1: 'unwanted',
    LC_ALL: 'C.UTF-8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const tops = [...names, ...links.map(([name]) => name)].map((name) => name.replace(/\/.*/, ''));
  expect((await readdir(join(work, 'root'))).sort()).toEqual(tops.sort());
});

test.each<[string, () => Promise<unknown>, string]>([
  ['gone', () => rm(join(work, 'fat/two')), 'two: Cannot stat'],
  ['a directory now', () => replace('two', (path) => mkdir(path)), 'slimtrace: two is no file any more: have'],
  ['a link now', () => replace('two', (path) => symlink('plain', path)), 'slimtrace: two is no file any more: have'],
  [
    'a directory now, under an odd name',
    () => replace('odd name', (path) => mkdir(path)),
    'slimtrace: ./odd\\0040name is no file any more: have',
  ],
  ['turned', () => replace('link', (path) => symlink('two', path)), 'slimtrace: link->plain is no such link any more'],
  ['a file now', () => replace('link', (path) => writeFile(path, '')), 'slimtrace: link->plain is no such link any'],
  ['turned by a blank', () => replace('e', (path) => symlink('feed\n', path)), 'slimtrace: ./e->feed\\n\\n is no such'],
])('an entry that is %s ends the build', async (_, change, message) => {
  await change();
  const { status, stderr } = runCopy(entries);
  expect(status).not.toBe(0);
  expect(stderr).toContain(message);
});

test('a directory that became something else ends the build, and so does a list that is another', async () => {
  const directory = [entryOf('/two', { type: 'directory' })];
  expect(runCopy(directory).stderr).toContain('slimtrace: two is no directory any more');
  expect(runCopy(entries, { slimtrace_files1: 'plain' }).stderr).toContain('entries were taken out');
});

async function replace(name: string, make: (path: string) => Promise<unknown>): Promise<void> {
  const path = join(work, 'fat', name);
  await rm(path);
  await make(path);
}
