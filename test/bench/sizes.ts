// Slims every fixture and prints README's table: `npx tsx test/bench/sizes.ts`.
import { readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import type { SlimReport } from '../../src/report/report.js';
import { ensureFixtureImage } from '../support/fixture-images.js';

interface Words {
  readonly args: readonly string[];
  readonly command: readonly string[];
}

interface Expected {
  readonly slim: Words;
  readonly slimExitCode?: number;
  readonly peerSizeBytes: number | null;
  /** The probes the peer's figure was measured with, where ours do more. */
  readonly peerSlim?: Words;
}

const root = new URL('../..', import.meta.url).pathname;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

console.log('| fixture | original | slim | peer | files | checks | time |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const name of readdirSync(`${root}fixtures`).sort()) {
  const expected = readExpected(name);
  if (expected === undefined || (expected.slimExitCode ?? 0) !== 0) continue;
  const image = await ensureFixtureImage(name);
  const report = await slim(image, expected.slim);
  const likePeer =
    expected.peerSlim === undefined ? '' : ` (${megabytes((await slim(image, expected.peerSlim)).slim.sizeBytes)})`;
  const cells = [
    name,
    megabytes(report.original.sizeBytes),
    `${megabytes(report.slim.sizeBytes)}${likePeer}`,
    expected.peerSizeBytes === null ? '' : megabytes(expected.peerSizeBytes),
    String(report.slim.files),
    `${report.checks.filter(({ result }) => result === 'same').length} of ${report.checks.length}`,
    `${(report.durationMs / 1000).toFixed(1)} s`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

function readExpected(name: string): Expected | undefined {
  try {
    return JSON.parse(readFileSync(`${root}fixtures/${name}/expect.json`, 'utf8')) as Expected;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function slim(image: string, words: Words): Promise<SlimReport> {
  const command = words.command.length > 0 ? ['--', ...words.command] : [];
  const args = ['slim', image, '--quiet', '--json', '--tag', 'slimtrace-bench/slim:latest', ...words.args, ...command];
  const { stdout } = await execa(process.execPath, [`${root}bin/slimtrace.js`, ...args]);
  return JSON.parse(stdout) as SlimReport;
}
