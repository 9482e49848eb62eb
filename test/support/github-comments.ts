import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A comment on a pull request, as far as GitHub's API tells of it. */
export interface GithubComment {
  readonly id: number;
  readonly user: { readonly login: string };
  readonly body: string;
}

/**
 * Writes a `gh` into `directory` that knows `gh api` for the comments of pull request 7 of example/shop, in order, by the
 * workflow's token. They are kept in `$RECORDS`. With `GH_READ_ONLY` the token is that of a fork's pull request.
 */
export async function writeGh(directory: string): Promise<void> {
  const program = join(directory, 'gh');
  await writeFile(program, gh);
  await chmod(program, 0o755);
}

/** The comments of those records; none where there is no file. */
export async function readComments(records: string): Promise<readonly GithubComment[]> {
  const text = await readFile(join(records, 'comments.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text);
}

export async function writeComments(records: string, comments: readonly GithubComment[]): Promise<void> {
  await writeFile(join(records, 'comments.json'), JSON.stringify(comments));
}

const gh = String.raw`#!/usr/bin/env node
const { execFileSync } = require('node:child_process');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');

const fail = (message) => {
  process.stderr.write('gh: ' + message + '\n');
  process.exit(1);
};
const text = { type: 'string' };
const flag = { type: 'boolean' };
const { positionals, values } = require('node:util').parseArgs({
  allowPositionals: true,
  options: { paginate: flag, silent: flag, jq: text, method: text, field: text },
});
const [command, endpoint] = positionals;
if (command !== 'api' || !process.env.GH_TOKEN) fail('not api, or no token');
const file = process.env.RECORDS + '/comments.json';
const comments = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const [, id] = /^repos\/example\/shop\/issues\/(?:7\/comments|comments\/(\d+))$/.exec(endpoint) ?? fail('Not Found (HTTP 404)');
const method = values.method ?? (values.field === undefined ? 'GET' : 'POST');
if (method === 'GET') {
  // Its pages are filtered one by one.
  const output = execFileSync('jq', ['--raw-output', values.jq ?? '.'], { input: JSON.stringify(comments) });
  if (!values.silent) process.stdout.write(output);
} else {
  if (process.env.GH_READ_ONLY) fail('Resource not accessible by integration (HTTP 403)');
  const [, from] = /^body=@(.+)$/s.exec(values.field) ?? fail('no file of a body');
  const body = readFileSync(from, 'utf8');
  if (body.length > 65536) fail('Body is too long (maximum is 65536 characters) (HTTP 422)');
  if (method === 'PATCH') (comments.find((comment) => String(comment.id) === id) ?? fail('Not Found (HTTP 404)')).body = body;
  else comments.push({ id: 1000 + comments.length, user: { login: 'github-actions[bot]' }, body });
  writeFileSync(file, JSON.stringify(comments));
}
`;
