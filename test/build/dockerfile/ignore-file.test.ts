import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parseIgnoreFile } from '../../../src/build/dockerfile/ignore-file.ts';
import { suggestIgnores } from '../../../src/build/dockerfile/suggest-ignores.ts';
import { treeOf } from '../../image/tree-of.ts';

// docs.docker.com/build/concepts/context, ".dockerignore files".
test.each([
  ['node_modules', 'node_modules/a/b', true],
  ['node_modules', 'sub/node_modules', false],
  ['**/node_modules', 'sub/deep/node_modules/x', true],
  ['**/node_modules', 'node_modules', true],
  ['/temp', 'temp/x', true],
  ['*/temp*', 'a/temporary.txt', true],
  ['*/*/temp*', 'a/temp', false],
  ['temp?', 'tempa', true],
  ['temp?', 'temp', false],
  ['**', 'a/b', true],
  ['docs/', 'docs/x', true],
  ['./a/../b', 'b', true],
  ['# comment', '# comment', false],
  [' # indented', '# indented', true],
  ['*.md\n!README.md', 'README.md', false],
  ['*.md\n!README*.md\nREADME-secret.md', 'README-secret.md', true],
  ['!README.md\n*.md', 'README.md', true],
  ['docs\n!docs/keep', 'docs/keep/x', false],
  ['a.b', 'axb', false],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['a\\*', 'a*', true],
  ['[', 'x', false],
  ['.env\r', '.env', true],
])('%j and %s: %s', (text, path, ignores) => {
  expect(parseIgnoreFile(text).ignores(path)).toBe(ignores);
});

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

async function contextOf(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'context-'));
  directories.push(directory);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

const files = {
  Dockerfile: 'FROM x',
  '.dockerignore': 'ignored\n',
  '.git/HEAD': 'ref',
  'ignored/.git/HEAD': 'ref',
  'node_modules/a/index.js': 'x',
  'web/node_modules/b/index.js': 'x',
  '.env': 'KEY=1',
  '.env.example': 'KEY=',
  'backup.tar.gz': 'x',
  'wanted.tar.gz': 'x',
  'report.json': '{"schemaVersion":1,"kind":"slim","slimtraceVersion":"1"}',
  'package.json': '{"name":"x"}',
  'docs/guide.md': 'read me',
  'src/app.js': 'run()',
};

test('what a .dockerignore could name: only what is there, never wanted or unused, and not left out yet', async () => {
  const directory = await contextOf(files);
  const question = {
    directory,
    dockerfile: join(directory, 'Dockerfile'),
    instructions: ['COPY package.json ./', 'RUN npm ci --omit=dev', 'ADD wanted.tar.gz /', 'COPY . .'],
    original: treeOf({
      '/app/docs/guide.md': { sizeBytes: 7 },
      '/app/src/app.js': { sizeBytes: 5 },
      '/app/package.json': { sizeBytes: 12 },
    }),
    isKept: (path: string) => path === '/app/src/app.js',
    workingDirectory: '/app',
  };
  const suggested = await suggestIgnores(question);
  expect(suggested.map(({ pattern }) => pattern)).toEqual([
    '**/node_modules',
    '.env',
    '.git',
    'backup.tar.gz',
    'docs',
    'node_modules',
    'report.json',
  ]);
  expect(suggested.find(({ pattern }) => pattern === 'docs')).toMatchObject({
    sizeBytes: 7,
    because: expect.stringContaining('the slim one does without'),
  });

  // Where the image has it from the context, it must not be left out.
  const copied = await suggestIgnores({ ...question, instructions: ['COPY . .'] });
  expect(copied.map(({ pattern }) => pattern)).not.toContain('node_modules');

  // The Dockerfile's own comes before the context's.
  await writeFile(join(directory, 'Dockerfile.dockerignore'), '*\n');
  expect(await suggestIgnores(question)).toEqual([]);
});

const read = { '.git/HEAD': 'r', '.env.build': 'K', 'data.tar': 'x', 'dump 1.sql.gz': 'x', 'docs/guide.md': 'read me' };

test.each<[string, readonly string[], readonly string[]]>([
  ['nothing', ['RUN make'], ['.env.build', '.git', 'data.tar', 'docs', 'dump 1.sql.gz']],
  [
    'a shell that reads them',
    [
      'RUN --mount=type=bind,source=data.tar,target=/d tar xf /d && . ./.env.build && cat .git/HEAD "dump 1.sql.gz" docs/guide.md',
    ],
    [],
  ],
  ['a here-document', ['RUN <<END\ntar xf data.tar\nEND'], ['.env.build', '.git', 'docs', 'dump 1.sql.gz']],
  ['patterns and variables', [`RUN cat $DIR/\${NAME}.tar .env* d?cs/*`], ['.git', 'dump 1.sql.gz']],
  [
    'all of it',
    ['COPY . .', 'COPY * $DEST/', 'RUN ls **/* *.*'],
    ['.env.build', '.git', 'data.tar', 'docs', 'dump 1.sql.gz'],
  ],
  ['git', ['RUN make VERSION=$(git -c a=b describe)'], ['.env.build', 'data.tar', 'docs', 'dump 1.sql.gz']],
  ['a file of a directory', ['RUN cd docs2; cat guide.md'], ['.env.build', '.git', 'data.tar', 'dump 1.sql.gz']],
  ['an array', ['COPY ["data.tar", "dump 1.sql.gz", "./docs/", "/"]'], ['.env.build', '.git']],
])('nothing is suggested that the build reads by name: %s', async (_, instructions, expected) => {
  const directory = await contextOf({ Dockerfile: 'FROM x', ...read });
  const suggested = await suggestIgnores({
    directory,
    dockerfile: join(directory, 'Dockerfile'),
    instructions,
    original: treeOf({ '/docs/guide.md': { sizeBytes: 7 } }),
    isKept: () => false,
    workingDirectory: '/',
  });
  expect(suggested.map(({ pattern }) => pattern)).toEqual(expected);
});

test('what commands in the image install is meant there, unless the context’s is taken', async () => {
  const directory = await contextOf({ 'node_modules/a/index.js': 'x' });
  const patterns = async (...instructions: readonly string[]) => {
    const question = {
      directory,
      dockerfile: join(directory, 'Dockerfile'),
      original: treeOf({}),
      workingDirectory: '/',
    };
    return (await suggestIgnores({ ...question, instructions, isKept: () => false })).map(({ pattern }) => pattern);
  };
  expect(await patterns('COPY . .', 'RUN npm ci && node_modules/.bin/build')).toEqual(['node_modules']);
  expect(await patterns('RUN --mount=type=bind,source=node_modules,target=/m npm ci')).toEqual([]);
  expect(await patterns('COPY node_modules/a /a', 'RUN npm ci')).toEqual([]);
});

test('a name that no line can have is not suggested', async () => {
  const names = ['line\nfeed.tar', 'blank.tar ', '\u001b[2J.tar', 'hidden\u202e.tar', '[a]*.tar', ' #.tar'];
  const directory = await contextOf(Object.fromEntries(names.map((name) => [name, 'x'])));
  const suggested = await suggestIgnores({
    directory,
    dockerfile: join(directory, 'Dockerfile'),
    instructions: [],
    original: treeOf({}),
    isKept: () => false,
    workingDirectory: '/',
  });
  const patterns = suggested.map(({ pattern }) => pattern);
  expect(patterns).toEqual(['./ #.tar', '\\[a]\\*.tar']);
  const ignored = parseIgnoreFile(patterns.join('\n'));
  expect(names.filter((name) => ignored.ignores(name))).toEqual(['[a]*.tar', ' #.tar']);
});

test('a context that is not there is said so', async () => {
  const question = {
    directory: '/no/such',
    dockerfile: '/no/such/Dockerfile',
    instructions: [],
    original: treeOf({}),
    isKept: () => false,
    workingDirectory: '/',
  };
  await expect(suggestIgnores(question)).rejects.toThrow('could not read /no/such');
});
