// Slims every fixture at each granularity and prints README's table: `npx tsx test/bench/granularity.ts [FIXTURE...]`. The
// second figure in each cell: of the checks that no trace has seen, how many the slim image passes.
import { execa } from 'execa';
import type { SlimReport } from '../../src/report/report.js';
import { granularities } from '../../src/selection/granularity.js';
import { makeExtraChecks } from '../support/extra-checks.js';
import {
  ensureFixtureImage,
  type FixtureExpectation,
  listFixtures,
  readExpectation,
} from '../support/fixture-images.js';

const cli = new URL('../../bin/slimtrace.js', import.meta.url).pathname;
const named = process.argv.slice(2);
const slimTag = 'slimtrace-bench/granularity:latest';

console.log(`| fixture | original | peer | ${granularities.join(' | ')} |`);
console.log(`| --- | ---: | ---: | ${granularities.map(() => '---: |').join(' ')}`);
try {
  for (const name of named.length > 0 ? named : await listFixtures()) {
    const expected = await readExpectation(name);
    if ((expected.slimExitCode ?? 0) !== 0) continue;
    const image = await ensureFixtureImage(name);
    const cells: string[] = [];
    let original = 0;
    for (const granularity of granularities) {
      const slimmed = await runJson(['slim', image, '--tag', slimTag, '--granularity', granularity], expected.slim);
      if (slimmed === undefined) {
        cells.push('fails');
        continue;
      }
      original = slimmed.original.sizeBytes;
      cells.push(`${megabytes(slimmed.slim.sizeBytes)}${await unseen(image, expected)}`);
    }
    const peer = expected.peerSizeBytes === null ? '' : megabytes(expected.peerSizeBytes);
    console.log(`| ${[name, megabytes(original), peer, ...cells].join(' | ')} |`);
  }
} finally {
  await execa('docker', ['image', 'rm', '--force', slimTag], { reject: false });
}

interface Words {
  readonly args: readonly string[];
  readonly command: readonly string[];
}

/** Undefined when the slim image didn't do as the original. */
async function runJson(args: readonly string[], { args: checks, command }: Words): Promise<SlimReport | undefined> {
  const tail = command.length > 0 ? ['--', ...command] : [];
  const { stdout, exitCode, stderr } = await execa(
    process.execPath,
    [cli, ...args, '--quiet', '--json', '--timeout', '180', ...checks, ...tail],
    { reject: false },
  );
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`slimtrace ${args.join(' ')}: ${stderr}`);
  const report = JSON.parse(stdout) as SlimReport;
  return report.passed ? report : undefined;
}

async function unseen(image: string, expected: FixtureExpectation): Promise<string> {
  const answers = await makeExtraChecks(image, slimTag, expected);
  return ` (${answers.filter(({ problem }) => problem === undefined).length}/${answers.length})`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
