// Slims every fixture, or those named, and prints README's table: `npx tsx test/bench/sizes.ts [case...]`.
import { readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import type { SlimReport } from '../../src/report/report.js';
import { makeExtraChecks } from '../support/extra-checks.js';
import { ensureFixtureImage, type FixtureExpectation, listDistrolessBases } from '../support/fixture-images.js';

type Words = FixtureExpectation['slim'];

const tag = 'slimtrace-bench/slim:latest';
const onBase = ['--base', 'distroless', '--distroless-from', 'slimtrace-fixture/distroless', '--layers', 'split'];
const root = new URL('../..', import.meta.url).pathname;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

for (const base of await listDistrolessBases()) await ensureFixtureImage(base);
console.log(
  '| fixture | original | slim | peer | files | checks | hidden checks | time | on distroless, split | ours of it | hidden checks |',
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : readdirSync(`${root}fixtures`).sort()) {
  const expected = readExpected(name);
  if (expected === undefined || (expected.slimExitCode ?? 0) !== 0) continue;
  const image = await ensureFixtureImage(name);
  const report = await slim(image, expected.slim);
  const hidden = await makeExtraChecks(image, tag, expected);
  const based = await slim(image, expected.slim, onBase);
  const hiddenOnBase = await makeExtraChecks(image, tag, expected);
  const cells = [
    name,
    megabytes(report.original.sizeBytes),
    megabytes(report.slim.sizeBytes),
    expected.peerSizeBytes === null ? '' : megabytes(expected.peerSizeBytes),
    String(report.slim.files),
    `${report.checks.filter(({ result }) => result === 'same').length} of ${report.checks.length}`,
    `${hidden.filter(({ problem }) => problem === undefined).length} of ${hidden.length}`,
    `${(report.durationMs / 1000).toFixed(1)} s`,
    `${megabytes(based.slim.sizeBytes)} (${/([^/]*)-debian\d+(?::\w+)?$/.exec(based.base?.name ?? '')?.[1]})`,
    megabytes(based.layers.filter(({ kind }) => kind !== 'base').reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)),
    `${hiddenOnBase.filter(({ problem }) => problem === undefined).length} of ${hiddenOnBase.length}`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  for (const { check, problem } of [...hidden, ...hiddenOnBase])
    if (problem !== undefined) console.error(`${name}: ${check}: ${problem}`);
}

function readExpected(name: string): FixtureExpectation | undefined {
  try {
    return JSON.parse(readFileSync(`${root}fixtures/${name}/expect.json`, 'utf8')) as FixtureExpectation;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function slim(image: string, words: Words, more: readonly string[] = []): Promise<SlimReport> {
  const command = words.command.length > 0 ? ['--', ...words.command] : [];
  const args = ['slim', image, '--quiet', '--json', '--tag', tag, ...more, ...words.args, ...command];
  const { stdout } = await execa(process.execPath, [`${root}bin/slimtrace.js`, ...args]);
  return JSON.parse(stdout) as SlimReport;
}
