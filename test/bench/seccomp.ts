// Makes a seccomp profile for every fixture and prints a table: `npx tsx test/bench/seccomp.ts [FIXTURE...]`. The last column: of
// the checks that no trace has seen, how many the slim image passes with Docker's default profile, and how many under its own.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { SlimReport } from '../../src/report/report.js';
import { makeExtraChecks } from '../support/extra-checks.js';
import { ensureFixtureImage, listFixtures, readExpectation } from '../support/fixture-images.js';

const cli = new URL('../../bin/slimtrace.js', import.meta.url).pathname;
const named = process.argv.slice(2);
const slimTag = 'slimtrace-bench/seccomp:latest';
const directory = await mkdtemp(join(tmpdir(), 'seccomp-'));

console.log('| fixture | allowed | of known | under it | seconds | unseen checks, default / own |');
console.log('| --- | ---: | ---: | --- | ---: | ---: |');
try {
  for (const name of named.length > 0 ? named : await listFixtures()) {
    const expected = await readExpectation(name);
    if ((expected.slimExitCode ?? 0) !== 0) continue;
    const image = await ensureFixtureImage(name);
    const file = join(directory, `${name}.json`);
    const tail = expected.slim.command.length > 0 ? ['--', ...expected.slim.command] : [];
    const options = ['--tag', slimTag, '--quiet', '--json', '--timeout', '180', '--seccomp-profile', file];
    const words = ['slim', image, ...options, ...expected.slim.args, ...tail];
    const { stdout, stderr } = await execa(process.execPath, [cli, ...words], { reject: false });
    if (stdout === '') throw new Error(`${name}: ${stderr}`);
    const { passed, confinement, durationMs } = JSON.parse(stdout) as SlimReport;
    const { seccomp } = confinement;
    const outcome = passed
      ? `${seccomp?.proved}${seccomp?.because.map((reason) => `; ${reason}`).join('')}`
      : 'failed before';
    const cells = [name, seccomp?.syscalls, await countKnown(file), outcome, (durationMs / 1000).toFixed(0)];
    const unseen = seccomp?.proved === 'yes' ? await countUnseen(image, expected, file) : '';
    console.log(`| ${[...cells, unseen].join(' | ')} |`);
  }
} finally {
  await execa('docker', ['image', 'rm', '--force', slimTag], { reject: false });
  await rm(directory, { recursive: true, force: true });
}

async function countKnown(file: string): Promise<number | string> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return '';
  const { syscalls } = JSON.parse(text) as { readonly syscalls: readonly { readonly names: readonly string[] }[] };
  return new Set(syscalls.flatMap(({ names }) => names)).size;
}

async function countUnseen(image: string, expected: Parameters<typeof makeExtraChecks>[2], file: string) {
  const passed = async (slimArguments: readonly string[]) => {
    const answers = await makeExtraChecks(image, slimTag, { ...expected, slimArguments });
    for (const { check, problem } of answers)
      if (problem !== undefined)
        console.error(`${image} ${slimArguments.join(' ')} ${check}: ${problem.slice(0, 300)}`);
    return `${answers.filter(({ problem }) => problem === undefined).length} of ${answers.length}`;
  };
  return `${await passed([])} / ${await passed(['--security-opt', `seccomp=${file}`])}`;
}
