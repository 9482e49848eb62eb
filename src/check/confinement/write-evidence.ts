import type { AccessKind, Trace, TracedPath } from '../../trace/trace.js';

const writing: ReadonlySet<AccessKind> = new Set<AccessKind>([
  ...([
    'write',
    'create',
    'truncate',
    'mkdir',
    'mknod',
    'rmdir',
    'unlink',
    'rename',
    'link',
    'symlink',
    'bind',
  ] as const),
  ...(['mode', 'owner', 'time', 'xattr'] as const),
]);

/** Kernel interfaces and devices, which have rules of their own. */
const ofKernel = /^\/(?:dev|proc|sys)(?:\/|$)/;

/** The paths that a run made, wrote, changed or took away, beside devices and kernel interfaces. */
export function writtenPaths({ paths }: Trace): readonly TracedPath[] {
  return paths.filter(({ path, accesses }) => !ofKernel.test(path) && accesses.some((access) => writing.has(access)));
}
