import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { missingPrerequisite, openScratch, runTraced } from './agent-bench.ts';
import type { TraceRecords } from './trace-records.ts';

/**
 * An oracle that shares nothing with us: the same run is watched by strace (inside the traced tree), and every path strace shows must
 * be in our record. A path that isn't must be excused by one of the rules below, by name; a rule that nothing needs any more is
 * an error of its own only if it hides something, so each states exactly what it lets through.
 */
type Call = {
  readonly name: string;
  readonly line: string;
  readonly strings: readonly string[];
  readonly directory: string | undefined;
  readonly error: string | undefined;
};

const rules: Record<string, (call: Call) => boolean> = {
  'getcwd returns a path, it names none': ({ name }) => name === 'getcwd',
  'an empty path means the descriptor, and a stat of a descriptor names nothing': ({ strings }) => strings[0] === '',
  'no path was passed (NULL means the descriptor) or it could not be read': ({ name, strings }) =>
    strings.length === 0 && !isListing(name),
  'a descriptor that is none: the kernel says EBADF': ({ error }) => error === 'EBADF',
};

/** A call that names its directory by a descriptor alone. */
const isListing = (name: string) => name.startsWith('getdents');

/** Which of a call's strings are paths; by default the first. What readlink fills in is no path named. */
const pathPositions: Record<string, readonly number[]> = {
  rename: [0, 1],
  renameat: [0, 1],
  renameat2: [0, 1],
  link: [0, 1],
  linkat: [0, 1],
  symlink: [1],
  symlinkat: [1],
  mount: [0, 1],
};

function unescapeStrace(text: string): string {
  const letters: Record<string, string> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };
  return text.replace(/\\([0-7]{1,3}|.)/g, (_, escaped: string) =>
    /^[0-7]/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 8)) : (letters[escaped] ?? escaped),
  );
}

function parseCalls(log: string): Call[] {
  return log.split('\n').flatMap((line) => {
    const parsed = /^(?:\d+ +)?(\w+)\((.*)$/.exec(line);
    if (!parsed || line.includes(' resumed>')) return [];
    const [, name = '', rest = ''] = parsed;
    const strings = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => unescapeStrace(text));
    const directory = /^(?:\d+|AT_FDCWD)<([^>]*)>/.exec(rest)?.[1];
    return [{ name, line, strings, directory, error: / = -1 (E\w+)/.exec(rest)?.[1] }];
  });
}

/** Whether a call's path is among the recorded ones. strace tells the directory only where the call has an argument for it. */
function isRecorded(path: string, { directory }: Call, paths: ReadonlySet<string>): boolean {
  if (path.startsWith('/')) return paths.has(path);
  if (directory !== undefined) return paths.has(`${directory === '/' ? '' : unescapeStrace(directory)}/${path}`);
  return [...paths].some((recorded) => recorded.endsWith(`/${path}`));
}

function unexplained(calls: readonly Call[], { touched }: TraceRecords): string[] {
  const paths = new Set(touched.map(({ path }) => path));
  const listed = new Set(touched.flatMap(({ access, path }) => (access === 'list' ? [path] : [])));
  return calls
    .filter((call) => !Object.values(rules).some((excuses) => excuses(call)))
    .filter((call) => {
      if (isListing(call.name)) return !listed.has(unescapeStrace(call.directory ?? ''));
      const named = (pathPositions[call.name] ?? [0]).map((position) => call.strings[position]);
      return named.some((path) => path === undefined || !isRecorded(path, call, paths));
    })
    .map(({ line }) => line);
}

const javaProgram = `public class Hello { public static void main(String[] a) throws Exception {
  System.out.println(java.nio.file.Files.exists(java.nio.file.Path.of("/nowhere/java")));
  java.util.ResourceBundle.clearCache(); java.time.ZoneId.of("Europe/Paris"); } }`;

const nginxConfiguration = `daemon off; pid /tmp/slimtrace-oracle.pid; error_log stderr;
events {} http { access_log off; server { listen 127.0.0.1:18080; root /usr/share/doc; } }`;

/** Real programs, with what the machine must have for them. */
const programs = [
  {
    tool: 'python3',
    command: ['python3', '-c', 'import json, ssl, sqlite3, http.client, ctypes.util, email, asyncio, decimal'],
  },
  {
    tool: 'bash',
    command: [
      'bash',
      '-lc',
      'cd /etc; for f in p*; do [ -r "$f" ]; done; ls /usr/lib >/dev/null; cat passwd | wc -l; type awk',
    ],
  },
  {
    tool: 'git',
    command: [
      'sh',
      '-c',
      'git init -q repo && cd repo && echo a >a && git add a && git -c user.name=n -c user.email=e commit -qm m && git log --stat && git gc -q',
    ],
  },
  {
    tool: 'node',
    command: [
      'node',
      '-e',
      'require("https"); require("fs").readdirSync("/usr"); require("child_process").execSync("true"); import("node:test")',
    ],
  },
  { tool: 'java', command: ['java', 'Hello.java'] },
  { tool: 'nginx', command: ['sh', '-c', 'nginx -c $PWD/nginx.conf & sleep 1; kill -QUIT $!; wait'] },
] as const;

const missing = missingPrerequisite('strace');

describe.skipIf(missing)(`against strace (${missing ?? 'as root'})`, () => {
  const scratch = openScratch();
  afterAll(() => scratch[Symbol.dispose]());

  for (const { tool, command } of programs) {
    // The programs are what the machine has; strace and the others are asked for above.
    const isInstalled = runnable(tool);
    it.skipIf(!isInstalled)(
      `${tool}${isInstalled ? '' : ' (not installed)'}: every path strace shows is recorded`,
      () => {
        const directory = join(scratch.path, tool);
        mkdirSync(directory);
        writeFileSync(join(directory, 'Hello.java'), javaProgram);
        writeFileSync(join(directory, 'nginx.conf'), nginxConfiguration);
        const log = join(scratch.path, `${tool}.log`);
        const watched = 'trace=%file,getdents,getdents64';
        const strace = ['strace', '-f', '-y', '-qq', '-s', '5000', '-e', watched, '-e', 'signal=none', '-o', log];
        // Below a shell: strace waits for every child (__WALL), the guard of an app that is strace itself included.
        const run = runTraced(['sh', '-c', '"$@"; exit $?', 'sh', ...strace, '--', ...command], {
          directory: scratch.path,
          cwd: directory,
          env: { ...process.env, HOME: directory },
        });
        expect(run.stderr).toBe('');
        expect(run.code).toBe(0);
        const calls = parseCalls(readFileSync(log, 'latin1'));
        expect(calls.length).toBeGreaterThan(30);
        expect(unexplained(calls, run.records)).toEqual([]);
        expect(run.records).toMatchObject({ state: 'ok', lost: [] });
      },
    );
  }
});

function runnable(tool: string): boolean {
  return (
    !missing &&
    (process.env.PATH ?? '').split(':').some((directory) => {
      try {
        return readFileSync(join(directory, tool)).length > 0;
      } catch {
        return false;
      }
    })
  );
}
