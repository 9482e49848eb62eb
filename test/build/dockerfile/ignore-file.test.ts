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
