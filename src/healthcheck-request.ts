import type { EngineImage } from './engine/engine.js';
import type { Image, ImageConfig } from './image/image.js';

/** What becomes of an image's HEALTHCHECK. */
export type HealthcheckRequest =
  | 'keep'
  | 'none'
  /** Takes its place: `["CMD", ...]` or `["CMD-SHELL", "line"]` (docker image spec v1.2, "Healthcheck"). */
  | { readonly test: readonly string[] };

/**
 * The source as if it had been built with the HEALTHCHECK that its slim image is to have: so it is planned, traced, kept
 * and compared like one of its own. How often it runs, and how long it may take, stays as it was.
 */
export function withHealthcheck(source: EngineImage, request: HealthcheckRequest): EngineImage {
  const { Healthcheck: healthcheck, ...rest } = source.config;
  if (request === 'keep' || (request === 'none' && healthcheck === undefined)) return source;
  const test = request === 'none' ? ['NONE'] : request.test;
  const times = request === 'none' ? {} : healthcheck;
  return { ...source, config: { ...rest, Healthcheck: { ...times, Test: test } } };
}

/** The same image with another config. */
export function withConfig(image: Image, config: ImageConfig): Image {
  const { reference, id, platform, sizeBytes, layerCount, tree, contents } = image;
  const held = { [Symbol.asyncDispose]: () => image[Symbol.asyncDispose]() };
  return { reference, id, platform, config, sizeBytes, layerCount, tree, contents, ...held };
}
