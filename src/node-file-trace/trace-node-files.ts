import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Image } from '../image/image.js';
import type { ImagePath } from '../image/path.js';
import type { AssistedFile } from '../selection/assisted-file.js';
import { conditionsOf } from '../selection/node/node-world.js';
import type { Trace } from '../trace/trace.js';
import { nodeEntryPoints } from './entry-points.js';
import { likelySources } from './prefetch.js';
import type { FromWorker, WorkerInput } from './protocol.js';
import { reachedFiles } from './reached-files.js';
import { SourceReader } from './source-reader.js';

export interface NodeFileTraceOptions {
  /** The main file of @vercel/nft, as `locateNodeFileTrace` found it. */
  readonly library: string;
  /** `NAME=VALUE` of the image and the runs. */
  readonly env: readonly string[];
  readonly signal: AbortSignal;
  /** Told once when it gave up; what it had found by then is lost. */
  readonly onProblem: (message: string) => void;
  /** The bundled worker. */
  readonly worker?: string;
}

/** Its memory, and its time: what it reads was written by whoever made the image. */
const maxHeapMegabytes = 1024;
const maxDurationMs = 120_000;

/**
 * Asks @vercel/nft what the JavaScript that was seen to run reaches, in the image and nowhere else. Nothing when none ran,
 * or when it gave up.
 */
export async function traceNodeFiles(
  { tree, config, contents }: Pick<Image, 'tree' | 'config' | 'contents'>,
  trace: Trace,
  options: NodeFileTraceOptions,
): Promise<readonly AssistedFile[]> {
  const known = nodeEntryPoints(trace, tree);
  const { entryPoints } = known;
  if (entryPoints.length === 0) return [];
  const reader = new SourceReader(tree, contents);
  const input: WorkerInput = {
    library: options.library,
    entries: [...tree.entries()],
    contents: await reader.readMany(likelySources(tree, known)),
    entryPoints,
    workingDirectory: config.WorkingDir || '/',
    conditions: ['node', 'node-addons', ...conditionsOf({ env: options.env, config, trace })],
  };
  try {
    return reachedFiles(tree, entryPoints, await runWorker(input, reader, options));
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof NodeFileTraceFailure)) throw error;
    options.onProblem(`@vercel/nft gave up (${error.message}): only slimtrace's own rules for Node.js hold`);
    return [];
  }
}

/** The library failed at what the image holds: no reason to fail with it. */
class NodeFileTraceFailure extends Error {}

type Reached = Extract<FromWorker, { readonly kind: 'reached' }>['files'];

async function runWorker(
  workerData: WorkerInput,
  reader: SourceReader,
  { signal, worker: file = fileURLToPath(new URL(bundledWorker, import.meta.url)) }: NodeFileTraceOptions,
): Promise<Reached> {
  signal.throwIfAborted();
  const resourceLimits = { maxOldGenerationSizeMb: maxHeapMegabytes };
  // What it prints is not for the user; what is in our environment is not for the image.
  const worker = new Worker(file, { workerData, resourceLimits, env: {}, stdout: true, stderr: true, execArgv: [] });
  const ended = new AbortController();
  const either = AbortSignal.any([signal, AbortSignal.timeout(maxDurationMs), ended.signal]);
  try {
    return await new Promise<Reached>((resolve, reject) => {
      const fail = (reason: string) => reject(new NodeFileTraceFailure(reason));
      either.addEventListener('abort', () => fail(`it took longer than ${maxDurationMs / 1000} s`));
      worker.on('error', ({ message }) => fail(message.split('\n', 1)[0] ?? ''));
      worker.on('exit', () => fail('it ended early'));
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'reached') return resolve(message.files);
        reader.want(message.path, (path: ImagePath, bytes) => worker.postMessage({ path, bytes }), reject);
      });
    });
  } finally {
    ended.abort();
    await worker.terminate();
  }
}

/** From this file's directory, be it the source's or the bundle's. */
const bundledWorker = import.meta.url.endsWith('.ts')
  ? '../../dist/node-file-trace-worker.js'
  : './node-file-trace-worker.js';
