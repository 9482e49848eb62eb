import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage, readExpectation } from '../support/fixture-images.ts';
import { describeOnEngine, docker, removeImages, startContainer } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

// Services that come to another branch of their script or configuration long after they were made small. Each is asked
// what the trace never saw, in an image without the defence as well: there it has to break, or the question is no good.

const tagOf = (name: string, variant: string) => `slimtrace-test/services-${name}:${variant}`;

describeOnEngine('services', () => {
  let slimtrace: Slimtrace;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
  });
  afterAll(async () => {
    const names = ['apache-conf', 'postgres'];
    await removeImages(...names.flatMap((name) => [tagOf(name, 'whole'), tagOf(name, 'broken')]));
    await slimtrace[Symbol.asyncDispose]();
  });

  const slim = async (name: string, variant: string, flags: readonly string[] = []): Promise<string> => {
    const { args } = (await readExpectation(name)).slim;
    const options = ['--tag', tagOf(name, variant), '--timeout', '120', '--quiet', ...flags, ...args];
    const outcome = await slimtrace.run(['slim', await ensureFixtureImage(name), ...options]);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    return tagOf(name, variant);
  };

  test('Apache with a define that brings in more configuration and modules', async () => {
    const modules = async (image: string) => {
      await using container = await startContainer(image);
      const command = ['apache2ctl', '-D', 'EXTRA', '-M'];
      const { exitCode, stdout, stderr } = await execa('docker', ['exec', container.id, ...command], { reject: false });
      return { exitCode, stdout, stderr };
    };
    const expected = await modules(await ensureFixtureImage('apache-conf'));
    expect(expected.stdout).toContain('auth_digest_module (shared)');
    expect(await modules(await slim('apache-conf', 'whole'))).toEqual(expected);

    const broken = await modules(await slim('apache-conf', 'broken', ['--without', 'configuration']));
    expect(broken.exitCode).not.toBe(0);
    expect(broken.stderr).toContain('Cannot load');
  });

  test('PostgreSQL: what only other queries read, and the branch for a database that is there already', async () => {
    const questions = [
      'create extension pgcrypto',
      "select encode(digest('x', 'sha256'), 'hex')",
      "set timezone_abbreviations = 'India'; select '2026-01-01 12:00 IST'::timestamptz",
      "select to_tsvector('german', 'die alten Häuser')",
      "select convert_to('日本', 'SJIS')",
    ];
    const ask = async (image: string) => {
      await using container = await startContainer(image);
      const answers: string[] = [];
      await untilReady(container.id);
      for (const question of questions) answers.push((await query(container.id, question)).stdout);
      await docker(['stop', '--time', '60', container.id]);
      await docker(['start', container.id]);
      await untilReady(container.id);
      answers.push((await query(container.id, 'select extname from pg_extension order by 1')).stdout);
      return answers;
    };
    const expected = await ask(await ensureFixtureImage('postgres'));
    expect(expected.at(-1)).toContain('pgcrypto');
    expect(await ask(await slim('postgres', 'whole'))).toEqual(expected);

    const broken = await slim('postgres', 'broken', ['--without', 'scripts', '--without', 'packs']);
    await using container = await startContainer(broken);
    await untilReady(container.id);
    expect(await query(container.id, questions[0] ?? '')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('pgcrypto'),
    });
    await docker(['stop', '--time', '60', container.id]);
    await docker(['start', container.id]);
    expect(await docker(['wait', container.id])).toBe('1');
    expect((await execa('docker', ['logs', container.id])).stderr).toContain('cat: not found');
  });
});

async function query(id: string, text: string) {
  const command = ['psql', '-U', 'postgres', '-Atc', text];
  const { exitCode, stdout, stderr } = await execa('docker', ['exec', id, ...command], { reject: false });
  return { exitCode, stdout, stderr };
}

/** The database is made at the first start, which may take a while; two minutes are more than enough. */
async function untilReady(id: string): Promise<void> {
  const giveUpMs = Date.now() + 120_000;
  for (;;) {
    // Not while initdb's own server, which has no port, answers.
    const { exitCode } = await execa('docker', ['exec', id, 'psql', '-h', '127.0.0.1', '-U', 'postgres', '-c', ''], {
      reject: false,
    });
    if (exitCode === 0) return;
    if (Date.now() > giveUpMs) throw new Error((await execa('docker', ['logs', id], { all: true })).all);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
