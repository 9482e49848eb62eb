// A worker thread: @vercel/nft asks `node:fs` and `require` for more than what its options replace.
import { createRequire } from 'node:module';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { nodeFileTrace } from '@vercel/nft';
import { FileTree } from '../image/file-tree.js';
import type { ImagePath } from '../image/path.js';
import { prepareConfinement } from './confine.js';
import { ImageFiles } from './image-files.js';
import type { FromWorker, ToWorker, WorkerInput } from './protocol.js';

async function serve(port: MessagePort, input: WorkerInput): Promise<void> {
  const files = new ImageFiles(new FileTree(input.entries), input.contents);
  const confine = prepareConfinement(files, input.workingDirectory);
  const library = createRequire(input.library)(input.library) as { readonly nodeFileTrace: typeof nodeFileTrace };
  confine();
  const wanted = new WantedContents(port, files);
  const { fileList, reasons } = await library.nodeFileTrace([...input.entryPoints], {
    base: '/',
    processCwd: input.workingDirectory,
    conditions: [...input.conditions],
    ts: false,
    stat: async (path) => orNull(() => files.statSync(path)) as never,
    // A link that leads nowhere, or in a circle, would end it all.
    readlink: async (path) => (files.existsSync(path) ? orNull(() => files.readlinkSync(path)) : null),
    readFile: (path) => wanted.read(path),
  });
  const reached = [...fileList].map((path) => [path, [...(reasons.get(path)?.parents ?? [])]] as const);
  port.postMessage({ kind: 'reached', files: reached } satisfies FromWorker);
  port.close();
}

/** Contents that come when they are wanted. */
class WantedContents {
  readonly #port: MessagePort;
  readonly #files: ImageFiles;
  readonly #waiting = new Map<ImagePath, ((bytes: Uint8Array | undefined) => void)[]>();

  constructor(port: MessagePort, files: ImageFiles) {
    this.#port = port;
    this.#files = files;
    port.on('message', ({ path, bytes }: ToWorker) => {
      if (bytes !== undefined) files.add(path, bytes);
      for (const resolve of this.#waiting.get(path) ?? []) resolve(bytes);
      this.#waiting.delete(path);
    });
  }

  /** Null for what isn't there; no text, which names nothing, for what can't be had. */
  async read(path: string): Promise<Buffer | string | null> {
    const entry = this.#files.file(path);
    if (entry === undefined) return this.#files.existsSync(path) ? '' : null;
    if (this.#files.hasContents(entry.path)) return this.#files.readFileSync(entry.path);
    const bytes = await new Promise<Uint8Array | undefined>((resolve) => {
      const waiting = this.#waiting.get(entry.path);
      if (waiting !== undefined) waiting.push(resolve);
      else {
        this.#waiting.set(entry.path, [resolve]);
        this.#port.postMessage({ kind: 'want', path: entry.path } satisfies FromWorker);
      }
    });
    return bytes === undefined ? '' : Buffer.from(bytes);
  }
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

// Classes are there from their line on.
if (parentPort !== null) await serve(parentPort, workerData as WorkerInput);
