import type { ImageConfig } from '../image/image.js';
import type { EngineImage } from './engine.js';

/** What we read of `docker image inspect` (Docker Engine API v1.41, ImageInspect). */
export interface ImageInspect {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly Created: string;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Os: string;
  readonly Size: number;
  readonly Config: Readonly<Record<string, unknown>> | null;
  readonly RootFS: { readonly Layers?: readonly string[] };
}

/** Fields of an image's config; the rest of what `inspect` prints there belongs to a container. */
const imageConfigFields = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'Healthcheck',
  'OnBuild',
  'Shell',
  'ArgsEscaped',
] as const;

/** What an engine says about an image, from what its `image inspect` prints. */
export function toEngineImage(inspected: ImageInspect): EngineImage {
  const config = Object.fromEntries(
    imageConfigFields.flatMap((field) => {
      const value = inspected.Config?.[field];
      return value === undefined || value === null ? [] : [[field, value]];
    }),
  ) as ImageConfig;
  return {
    id: inspected.Id,
    names: (inspected.RepoTags ?? []).filter((name) => !name.startsWith('<none>')),
    repoDigests: inspected.RepoDigests ?? [],
    platform: {
      os: inspected.Os,
      architecture: inspected.Architecture,
      ...(inspected.Variant ? { variant: inspected.Variant } : {}),
    },
    config,
    created: inspected.Created,
    sizeBytes: inspected.Size,
    layerCount: inspected.RootFS.Layers?.length ?? 0,
    diffIds: inspected.RootFS.Layers ?? [],
  };
}
