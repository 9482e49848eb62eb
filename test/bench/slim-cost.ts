// What a whole `slimtrace slim` costs: against `docker save` of the same image, against running the same checks without
// slimming, and with 2 GB more of files that nobody touches. Everything in turn, so that a noisy machine is noisy for all.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { ensureFixtureImage } from '../support/fixture-images.js';
import { judge, measure, median, type Run } from './measure.js';

const rounds = 3;
const root = new URL('../..', import.meta.url).pathname;
const cli = `${root}bin/slimtrace.js`;
const padded = 'slimtrace-bench/padded:latest';

interface Expected {
  readonly slim: { readonly args: readonly string[] };
}

const expected = JSON.parse(readFileSync(`${root}fixtures/node-express/expect.json`, 'utf8')) as Expected;
const image = await ensureFixtureImage('node-express');
await buildPadded();

const slim: Run[] = [];
const paddedSlim: Run[] = [];
const save: Run[] = [];
const plain: number[] = [];
try {
  for (let round = 0; round <= rounds; round++) {
    const measured = [
      await slimRun(image),
      await slimRun(padded),
      await measure('docker', ['save', image]),
      await plainRun(),
    ] as const;
    if (round === 0) continue; // warms the page cache for all of them
    slim.push(measured[0]);
    paddedSlim.push(measured[1]);
    save.push(measured[2]);
    plain.push(measured[3]);
    console.log(
      `round ${round}: slim ${measured[0].seconds.toFixed(2)} s, with 2 GB more ${measured[1].seconds.toFixed(2)} s, docker save ${measured[2].seconds.toFixed(2)} s, docker run + checks ${measured[3].toFixed(2)} s`,
    );
  }
} finally {
  await execa('docker', ['image', 'rm', '--force', padded, 'slimtrace-bench/slim:latest'], { reject: false });
}

const seconds = (runs: readonly Run[]) => median(runs.map((run) => run.seconds));
const version = await startUp();
console.log(
  `\nmedians: slim ${seconds(slim).toFixed(2)} s, docker save ${seconds(save).toFixed(2)} s, docker run + checks ${median(plain).toFixed(2)} s`,
);
const bars = [
  judge('slim against docker save alone', seconds(slim) / seconds(save), 1, 'times'),
  judge('2 GB more that nothing touches', seconds(paddedSlim) / seconds(slim), 1.1, 'times'),
  judge('peak memory of slimtrace', Math.max(...slim.map((run) => run.peakMegabytes)), 200, 'MB'),
  judge('--version against node -e 0', version, 2, 'times'),
];
if (bars.includes(false)) process.exitCode = 1;

async function slimRun(reference: string): Promise<Run> {
  return await measure(process.execPath, [
    cli,
    'slim',
    reference,
    '--quiet',
    '--tag',
    'slimtrace-bench/slim:latest',
    ...expected.slim.args,
  ]);
}

/** The image with 2 GB in 200 files on top. */
async function buildPadded(): Promise<void> {
  const dockerfile = `FROM ${image}\nUSER root\nRUN mkdir /padding && for i in $(seq 200); do dd if=/dev/zero of=/padding/$i bs=1M count=10 status=none; done\nUSER app\n`;
  await execa('docker', ['build', '--tag', padded, '-'], { input: dockerfile, env: { DOCKER_BUILDKIT: '0' } });
}

/** Seconds to start the image as it is, wait for it, make the same requests and remove it. */
async function plainRun(): Promise<number> {
  const startedMs = performance.now();
  const { stdout: id } = await execa('docker', ['run', '--detach', image]);
  try {
    const { stdout: address } = await execa('docker', ['inspect', '--format', '{{.NetworkSettings.IPAddress}}', id]);
    for (const spec of expected.slim.args.filter((argument) => argument !== '--http')) {
      const [, method = 'GET', path = '/'] = /^([A-Z]+) (\/[^=]*)/.exec(spec) ?? [];
      await request(`http://${address}:3000${path}`, method);
    }
  } finally {
    await execa('docker', ['rm', '--force', '--volumes', id]);
  }
  return (performance.now() - startedMs) / 1000;
}

async function request(url: string, method: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      await (await fetch(url, { method })).arrayBuffer();
      return;
    } catch {
      await sleep(30);
    }
  }
  throw new Error(`${url} never answered`);
}

/** How many times longer than bare Node.js our shortest command takes. */
async function startUp(): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round < 11; round++) {
    const bare = await measure(process.execPath, ['-e', '0']);
    ratios.push((await measure(process.execPath, [cli, '--version'])).seconds / bare.seconds);
  }
  return median(ratios);
}
