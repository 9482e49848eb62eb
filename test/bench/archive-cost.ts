// What opening an archive costs: reading the headers of a plain layer of about 1 GB against reading all of it, the same with
// its tree, and inflating it. `npx tsx test/bench/archive-cost.ts [ROUNDS]`, with Docker; exits 1 when the promise is missed.

import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { LayerBlob } from '../../src/image/archive/layer-blob.js';
import { openLayers } from '../../src/image/archive/open-layers.js';
import { indexTar } from '../../src/image/archive/tar-index.js';
import { ensureFixtureImage } from '../support/fixture-images.js';
import { judge, median } from './measure.js';

const rounds = Number(process.argv[2] ?? 5);
const scratch = mkdtempSync(join(tmpdir(), 'slimtrace-archive-cost-'));
process.env.XDG_CACHE_HOME = join(scratch, 'cache');
const signal = new AbortController().signal;

try {
  process.exitCode = (await bench()) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function bench(): Promise<boolean> {
  const plain = await exportLayer(await ensureFixtureImage('node-express'));
  const file = await open(plain.file);
  const samples = { read: [] as number[], index: [] as number[], tree: [] as number[] };
  let entries = 0;
  for (let round = 0; round < rounds; round += 1) {
    samples.read.push(await seconds(() => readAll(file)));
    samples.index.push(
      await seconds(async () => {
        entries = (await indexTar({ fd: file.fd, ...plain }, { signal, what: 'the layer' })).length;
      }),
    );
    samples.tree.push(await seconds(() => openAndClose(plain)));
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  await file.close();
  const megabytes = plain.sizeBytes / 1e6;
  console.log(`medians, a layer of ${megabytes.toFixed(0)} MB with ${entries} entries:`);
  console.log(`  read in sequence     ${median(samples.read).toFixed(2)} s`);
  console.log(`  index its headers    ${median(samples.index).toFixed(2)} s`);
  console.log(`  open it, tree too    ${median(samples.tree).toFixed(2)} s`);
  for (const [name, command] of Object.entries({ gzip: ['gzip', '-6'], zstd: ['zstd', '-q', '-3'] })) {
    const layer = await compress(plain, command);
    const first = await seconds(() => openAndClose(layer));
    const again = await seconds(() => openAndClose(layer));
    const rate = (megabytes / first).toFixed(0);
    console.log(
      `  inflate ${name.padEnd(12)} ${first.toFixed(2)} s (${rate} MB/s), again from the cache ${again.toFixed(2)} s`,
    );
    rmSync(join(scratch, 'cache'), { recursive: true });
  }
  return judge('index of a plain layer of 1 GB', (median(samples.index) * 1000) / megabytes, 1, 's');
}

/** An image's tree as one plain layer. */
async function exportLayer(image: string): Promise<LayerBlob> {
  const file = join(scratch, 'layer.tar');
  const { stdout: container } = await execa('docker', ['create', image]);
  try {
    await execa('docker', ['export', '--output', file, container]);
  } finally {
    await execa('docker', ['rm', container]);
  }
  return await blobOf(file, (await execa('sha256sum', [file])).stdout);
}

async function blobOf(file: string, sum: string, diffId?: LayerBlob['diffId']): Promise<LayerBlob> {
  const handle = await open(file);
  const { size: sizeBytes } = await handle.stat();
  await handle.close();
  const digest = `sha256:${sum.slice(0, 64)}` as const;
  return { file, offset: 0, sizeBytes, digest, diffId: diffId ?? digest, mediaType: undefined };
}

async function compress(plain: LayerBlob, [command = '', ...args]: readonly string[]): Promise<LayerBlob> {
  const file = join(scratch, `layer.${command}`);
  await execa(command, args, { inputFile: plain.file, stdout: { file }, buffer: false });
  return await blobOf(file, (await execa('sha256sum', [file])).stdout, plain.diffId);
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

async function readAll(file: FileHandle): Promise<void> {
  const buffer = Buffer.alloc(1024 * 1024);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
  }
}

async function openAndClose(layer: LayerBlob): Promise<void> {
  await using _opened = await openLayers([layer], { signal, temporaryDirectory: scratch });
}
