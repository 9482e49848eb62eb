import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Healthcheck } from '../image/image.js';
import { digestOf } from '../system/digest.js';
import type { ImageInspect } from './docker-image.js';

/** What `podman image inspect` prints its own way (containers/common, libimage/inspect.go). */
export interface PodmanImageInspect extends ImageInspect {
  /** Beside the config rather than in it, and only of images that aren't OCI's: Podman runs no other's. */
  readonly Healthcheck?: Healthcheck | null;
}

/** Fields that `podman image inspect` leaves out, and that change nothing about how a container runs. */
const leftOut = ['OnBuild', 'Shell', 'ArgsEscaped'] as const;

/** An inspected image in Docker's words: IDs with their algorithm, names as they are asked for, the config whole. */
export function asDockerImage(inspected: PodmanImageInspect, configBlob: string | undefined): ImageInspect {
  const declared = configBlob === undefined ? {} : ((JSON.parse(configBlob) as ConfigBlob).config ?? {});
  const Config = { ...inspected.Config, ...(inspected.Healthcheck ? { Healthcheck: inspected.Healthcheck } : {}) };
  return {
    ...inspected,
    Id: `sha256:${inspected.Id}`,
    RepoTags: (inspected.RepoTags ?? []).flatMap(namesOf),
    // What is only here has been in no registry; Podman makes up a digest for it all the same.
    RepoDigests: (inspected.RepoDigests ?? []).filter((name) => !name.startsWith(local)),
    Config: { ...Object.fromEntries(leftOut.map((field) => [field, declared[field]])), ...Config },
  };
}

/** The part of an image's config blob that is read (OCI image-spec config.md, with Docker's additions). */
interface ConfigBlob {
  readonly config?: Readonly<Record<string, unknown>>;
}

const local = 'localhost/';

/** A name that was given without a registry is answered with, and without, the one that Podman puts before it. */
function namesOf(name: string): string[] {
  return name.startsWith(local) ? [name.slice(local.length), name] : [name];
}

/**
 * An image's config as it was written, from Podman's own store (containers/storage, images.go, makeBigDataBaseName);
 * undefined when it isn't there or isn't what the ID says.
 */
export async function readConfigBlob(
  store: { readonly graphRoot: string; readonly graphDriverName: string },
  id: string,
): Promise<string | undefined> {
  const digest = `sha256:${id}`;
  const file = `=${Buffer.from(digest).toString('base64')}`;
  const path = join(store.graphRoot, `${store.graphDriverName}-images`, id, file);
  const blob = await readFile(path, 'utf8').catch(() => undefined);
  return blob !== undefined && digestOf(blob) === digest ? blob : undefined;
}
