// What running an image without an engine costs: unpacking it against `tar -x` of the same tree, and slimming the demo's image
// against what can't be had for less: inflating it, and running the application once. `npx tsx test/bench/embedded-cost.ts`, as
// root, with Docker for the large image; exits 1 when the promise is missed.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { buildDemoImage } from '../../fixtures/demo/build-demo-image.ts';
import { agentFile } from '../../src/agent/agent-file.ts';
import { runPlain } from '../../src/check/run-plain.ts';
import { openEmbedded } from '../../src/engine/embedded/embedded.ts';
import { EmbeddedAgent } from '../../src/engine/embedded/embedded-agent.ts';
import { renderUnpackPlan } from '../../src/engine/embedded/unpack-plan.ts';
import { type OpenedLayers, openLayers } from '../../src/image/archive/open-layers.ts';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { judge, measure, median } from './measure.ts';

const rounds = Number(process.argv[2] ?? 3);
const scratch = mkdtempSync(join(tmpdir(), 'embedded-cost-'));
process.env.XDG_CACHE_HOME = join(scratch, 'cache');
const signal = new AbortController().signal;
const command = fileURLToPath(new URL('../../bin/slimtrace.js', import.meta.url));

try {
  const isMet = await benchUnpacking();
  await benchDemo();
  process.exitCode = isMet ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function benchUnpacking(): Promise<boolean> {
  const image = await ensureFixtureImage('node-express');
  const tar = join(scratch, 'tree.tar');
  const { stdout: container } = await execa('docker', ['create', image]);
  await execa('docker', ['export', '--output', tar, container]);
  await execa('docker', ['rm', container]);
  await using layers = await openPlain(tar);
  const agent = new EmbeddedAgent(agentFile('amd64'), { kind: 'all' }, signal);
  const samples = { unpack: [] as number[], tar: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    // Turn about, so that neither always finds what the other left on the disk's queue.
    for (const kind of round % 2 === 0 ? (['unpack', 'tar'] as const) : (['tar', 'unpack'] as const)) {
      // Each stays until the end: ext4 is slow to give out what was freed a moment ago.
      const place = join(scratch, `${kind}-${round}`);
      mkdirSync(place);
      await execa('sync');
      const unpack = () =>
        agent.unpack(
          place,
          renderUnpackPlan(layers.tree, (path) => layers.placeOf(path)),
        );
      const extract = () => execa('tar', ['-x', '--xattrs', '--xattrs-include=*', '-p', '-C', place, '-f', tar]);
      samples[kind].push(await seconds(kind === 'unpack' ? unpack : extract));
    }
  }
  console.log(`medians of ${rounds} rounds, ${layers.tree.size} entries, ${(layers.sizeBytes / 1e6).toFixed(0)} MB:`);
  for (const [name, values] of Object.entries(samples))
    console.log(`  ${name.padEnd(8)} ${median(values).toFixed(2)} s`);
  return judge('unpacking against tar -x', median(samples.unpack) / median(samples.tar), 1.5, 'times');
}

async function openPlain(file: string): Promise<OpenedLayers> {
  await using handle = await open(file);
  const { size: sizeBytes } = await handle.stat();
  const digest = `sha256:${(await execa('sha256sum', [file])).stdout.slice(0, 64)}` as const;
  const layer = { file, offset: 0, sizeBytes, digest, diffId: digest, mediaType: undefined };
  return await openLayers([layer], { signal, temporaryDirectory: scratch });
}

async function benchDemo(): Promise<void> {
  const file = join(scratch, 'fat.tar');
  await buildDemoImage({ file, signal, onStep: () => {} });
  const paths = ['/', '/distance', '/intl', '/static/style.css'];
  const least = { open: [] as number[], run: [] as number[], slim: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    rmSync(join(scratch, 'cache'), { recursive: true, force: true });
    await using engine = openEmbedded({ signal, agentFile, version: '0' });
    least.open.push(await seconds(() => engine.openImage?.(file) ?? Promise.resolve()));
    least.run.push(await seconds(() => runOnce(engine, file, paths)));
    rmSync(join(scratch, 'cache'), { recursive: true, force: true });
    const checks = paths.flatMap((path) => ['--http', `${path}=200`]);
    const output = ['--output', join(scratch, 'slim.tar')];
    least.slim.push((await measure(process.execPath, [command, 'slim', file, ...checks, ...output])).seconds);
  }
  const bound = median(least.open) + median(least.run);
  console.log('the demo, medians:');
  console.log(`  inflate and index    ${median(least.open).toFixed(2)} s`);
  console.log(`  unpack and run once  ${median(least.run).toFixed(2)} s`);
  console.log(
    `  slimtrace slim       ${median(least.slim).toFixed(2)} s: ${(median(least.slim) / bound).toFixed(2)} times both`,
  );
}

async function runOnce(
  engine: ReturnType<typeof openEmbedded>,
  image: string,
  paths: readonly string[],
): Promise<void> {
  const run = {
    ...{ env: [], envFiles: [], volumes: [], command: [] },
    ...{ network: undefined, user: undefined, workdir: undefined, entrypoint: undefined },
  };
  const checks = paths.map(
    (path) => ({ kind: 'http', method: 'GET', path, port: 3000, status: 200, isDefault: false }) as const,
  );
  await runPlain(engine, image, run, { checks, timeoutMs: 60_000, signal });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}
