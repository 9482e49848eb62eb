import type { FileTree } from './file-tree.js';
import type { ImagePath } from './path.js';

/** Docker's HEALTHCHECK (docker image spec v1.2, "Healthcheck"); times in nanoseconds as in the config. */
export interface Healthcheck {
  /** `["NONE"]`, `["CMD", ...]`, `["CMD-SHELL", "line"]`; empty inherits. */
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/**
 * The `config` object of an image (OCI image-spec config.md, with Docker's additions), field names as they are on disk.
 * Fields not named here are carried along untouched.
 */
export interface ImageConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Volumes?: Readonly<Record<string, object>> | null;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly StopSignal?: string;
  readonly Healthcheck?: Healthcheck;
  readonly OnBuild?: readonly string[] | null;
  readonly Shell?: readonly string[];
  readonly ArgsEscaped?: boolean;
}

export interface Platform {
  readonly os: string;
  /** GOARCH name: amd64, arm64 … */
  readonly architecture: string;
  readonly variant?: string;
}

/** Reads files of one image. Files are fetched in batches, because each fetch may be a trip to an engine. */
export interface ContentSource {
  /** Makes regular files readable; paths fetched before cost nothing. */
  fetch(paths: readonly ImagePath[]): Promise<void>;
  /** Bytes `offset` to `offset + length` (fewer at the end) of a fetched file. */
  read(path: ImagePath, offset: number, length: number): Uint8Array;
  /** A fetched file's contents as a stream, in order. */
  stream(path: ImagePath): AsyncIterable<Uint8Array>;
}

/** An image that can be slimmed: immutable config and tree, and a way to read files of it. */
export interface Image extends AsyncDisposable {
  /** The name it was opened by. */
  readonly reference: string;
  /** The engine's ID: `sha256:` and the digest of the config. */
  readonly id: string;
  readonly platform: Platform;
  readonly config: ImageConfig;
  /** Sum of the layers, uncompressed, in bytes, as the engine counts it. */
  readonly sizeBytes: number;
  readonly layerCount: number;
  /** The pristine tree: what the image holds, nothing that a run made. */
  readonly tree: FileTree;
  readonly contents: ContentSource;
  /** Which of its layers a regular file comes from, from 0, bottom first; only where that is known: in archives. */
  readonly layerOf?: (path: ImagePath) => number | undefined;
}
