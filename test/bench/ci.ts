// `tsx test/bench/ci.ts`, after `npm run build`: memory of `slimtrace ci` must not grow with the number of images.
// Archives on the embedded engine: what is measured is slimtrace itself, and an engine's speed is none of it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';
import { judge, measure } from './measure.ts';

const executable = fileURLToPath(new URL('../../bin/slimtrace.js', import.meta.url));

/** Entries of each image that nobody touches: its tree is what costs memory. */
const idleFiles = 2_000;
const concurrency = 2;
/** What 20 images may take beyond what 5 do, and at all. */
const mostGrowth = 1.25;
const mostMegabytes = 320;

const directory = await mkdtemp(join(tmpdir(), 'ci-bench-'));
try {
  const idle = Array.from({ length: idleFiles }, (_, at) => [`usr/share/idle/${at % 100}/${at}`, String(at)] as const);
  const entries = { ...busyboxEntries(), ...Object.fromEntries(idle) };
  await writeSmallArchive(join(directory, 'image.tar'), 'bench:1', entries, { Cmd: ['sh'] });
  const peaks = new Map<number, number>();
  for (const count of [5, 20]) {
    const keys = Array.from({ length: count }, (_, at) => `image-${at}`);
    const image = 'docker-archive:image.tar';
    const images = keys.map((key) => [key, { image, output: `${key}.tar`, command: `echo ${key}`, exit: true }]);
    const config = join(directory, `${count}.yaml`);
    await writeFile(config, JSON.stringify({ images: Object.fromEntries(images) }));
    const args = ['ci', '--config', config, '--resume', join(directory, `${count}.state`)];
    const run = await measure(process.execPath, [executable, ...args, '--concurrency', String(concurrency), '--quiet']);
    peaks.set(count, run.peakMegabytes);
    console.log(`${count} images: ${run.seconds.toFixed(1)} s, ${run.peakMegabytes.toFixed(0)} MB at most`);
  }
  const [few = 0, many = 0] = [peaks.get(5), peaks.get(20)];
  const isMet = [
    judge('memory of 20 images, against that of 5', many / few, mostGrowth, 'times'),
    judge('memory of 20 images', many, mostMegabytes, 'MB'),
  ];
  process.exitCode = isMet.every(Boolean) ? 0 : 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
