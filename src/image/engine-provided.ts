/**
 * What an engine puts into every container's root file system, whatever the image holds (moby, daemon/initlayer; podman, libpod/container_internal_common.go): the
 * image's own files of these names are hidden or emptied by it, and a container gets them anew from any engine.
 */
export const alwaysProvided: ReadonlySet<string> = new Set([
  '/.dockerenv',
  '/.slimtrace',
  '/dev/console',
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/run/.containerenv',
]);
