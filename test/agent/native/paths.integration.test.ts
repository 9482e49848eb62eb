import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  compileProgram,
  missingPrerequisite,
  openScratch,
  readTrace,
  runTraced,
  startTraced,
  waitUntil,
} from './agent-bench.ts';
import { differencesFromExpected } from './trace-records.ts';

const missing = missingPrerequisite('gcc', 'unshare');

function isLastPathRecorded(out: string): boolean {
  return readTrace(out).touched.some(({ path }) => path.endsWith('/last-words'));
}

/** Each of test/agent/programs makes calls and says which records it expects. */
const programs = [
  'relative',
  'listing',
  'proc-links',
  'chroot',
  'threads',
  'spawn',
  'long-paths',
  'sockets',
  'rights',
  'signals',
  'ring',
  'crowd',
];

describe.skipIf(missing)(`what the agent records (${missing ?? 'as root'})`, () => {
  const scratch = openScratch();
  afterAll(() => scratch[Symbol.dispose]());

  function ownDirectory(name: string): string {
    const directory = join(scratch.path, `${name}.d`);
    mkdirSync(directory);
    return directory;
  }

  for (const name of programs) {
    it(`${name}: every path the program names, and where it led`, () => {
      const program = compileProgram(name, scratch.path);
      const run = runTraced([program, ownDirectory(name)], { directory: scratch.path, isPid1: true });
      expect(run.stderr).toBe('');
      expect(run.code).toBe(0);
      expect(run.stdout.split('\n').length).toBeGreaterThan(1);
      expect(differencesFromExpected(run.stdout, run.records)).toEqual([]);
      expect(run.records).toMatchObject({ state: 'ok', lost: [], deaths: [] });
      expect(run.records.ends).toContain('exit 0');
    });
  }

  it('an app ended by SIGKILL leaves its last paths and no end marker', async () => {
    const program = compileProgram('sudden-end', scratch.path);
    const { child, out } = startTraced([program, ownDirectory('sudden-end')], {
      directory: scratch.path,
      isPid1: true,
    });
    let expectations = '';
    child.stdout.on('data', (chunk) => {
      expectations += chunk;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    // It kills itself, which PID 1 can't; once it has said so, the namespace is ended from outside.
    await waitUntil('the path is recorded', () => expectations.includes('\n') && isLastPathRecorded(out));
    child.kill('SIGKILL');
    await ended;
    const records = readTrace(out);
    expect(differencesFromExpected(expectations, records)).toEqual([]);
    expect(records).toMatchObject({ state: 'ok', deaths: [] });
    // `hup` may still be written while the kernel takes the namespace down; an exit there was not.
    expect(records.ends.filter((end) => end !== 'hup')).toEqual([]);
  });

  it('an app that kills everything it can leaves the recorder alive', () => {
    const program = compileProgram('kill-everything', scratch.path);
    const options = { directory: scratch.path, isPid1: true };
    const run = runTraced([program, ownDirectory('kill-everything')], options);
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    expect(differencesFromExpected(run.stdout, run.records)).toEqual([]);
    expect(run.records).toMatchObject({ state: 'ok', deaths: [] });
    expect(run.records.ends).toContain('exit 0');
  });
});
