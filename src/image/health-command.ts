import type { ImageConfig } from './image.js';

/** The words a HEALTHCHECK runs: CMD as it is, CMD-SHELL through the image's shell (docker image spec v1.2). */
export function healthCommand(config: ImageConfig): readonly string[] | undefined {
  const [form, ...words] = config.Healthcheck?.Test ?? [];
  if (form === 'CMD') return words;
  if (form === 'CMD-SHELL') return [...(config.Shell ?? ['/bin/sh', '-c']), ...words];
  return undefined;
}
