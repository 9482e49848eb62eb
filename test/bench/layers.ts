// What a push moves after a one-line change of each fixture's application: `npx tsx test/bench/layers.ts [case...] [-- SLIM OPTIONS]`.
import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import type { SlimReport } from '../../src/report/report.js';
import { ensureFixtureImage, type FixtureExpectation } from '../support/fixture-images.js';
import { buildNextRelease, oneLineChanges } from '../support/next-release.js';
import { inspectImage, removeImages } from '../support/run-docker.js';
import { layerSizesOf } from '../support/saved-layers.js';

const root = new URL('../..', import.meta.url).pathname;
const tag = 'slimtrace-bench/layers:latest';
const [cases, options] = splitWords(process.argv.slice(2));

console.log('| fixture | system | runtime | dependencies | application | a push moves | share | unsplit |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const name of cases.length > 0 ? cases : Object.keys(oneLineChanges)) {
  const image = await ensureFixtureImage(name);
  const next = await buildNextRelease(name, image, String((await inspectImage(image)).Config.User ?? ''));
  await slim(name, image);
  const before = await layerSizesOf(tag);
  const { layers, push, passed } = await slim(name, next);
  const after = await layerSizesOf(tag);
  const moved = [...after].filter(([diffId]) => !before.has(diffId)).reduce((sum, [, bytes]) => sum + bytes, 0);
  const total = [...after.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (moved !== push?.movedBytes || total !== push.totalBytes)
    console.error(`${name}: docker save says ${moved} of ${total}, the report ${JSON.stringify(push)}`);
  if (!passed) console.error(`${name}: the next release failed its checks`);
  const sizeOf = (kind: string) => sum(layers.filter((layer) => layer.kind === kind).map(({ sizeBytes }) => sizeBytes));
  const kinds = ['os', 'runtime', 'dependencies', 'application'].map((kind) => megabytes(sizeOf(kind)));
  console.log(
    `| ${[name, ...kinds, megabytes(moved), `${((moved / total) * 100).toFixed(2)} %`, megabytes(total)].join(' | ')} |`,
  );
  await removeImages(next, tag);
}

function splitWords(words: readonly string[]): [readonly string[], readonly string[]] {
  const at = words.indexOf('--');
  return at === -1 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
}

async function slim(name: string, image: string): Promise<SlimReport> {
  const expected = JSON.parse(readFileSync(`${root}fixtures/${name}/expect.json`, 'utf8')) as FixtureExpectation;
  const { args, command } = expected.slim;
  const words = ['--quiet', '--json', '--tag', tag, '--layers', 'split', ...options, ...args];
  const run = command.length > 0 ? ['--', ...command] : [];
  const { stdout } = await execa(process.execPath, [`${root}bin/slimtrace.js`, 'slim', image, ...words, ...run]);
  return JSON.parse(stdout) as SlimReport;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function megabytes(bytes: number): string {
  return bytes === 0 ? '' : `${(bytes / 1e6).toFixed(2)} MB`;
}
