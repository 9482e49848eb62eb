import type { ImagePath } from '../image/path.js';
import type { AccessKind } from '../trace/trace.js';
import type { Defence } from './defence.js';

/**
 * Why a path is kept. `parent` is the kept path that asked for it; a reason without one is where the chain ends:
 * a system call of the run, a rule about every image, or the user.
 */
export type Reason =
  /** A traced program named the path in a system call. */
  | {
      readonly kind: 'traced';
      readonly accesses: readonly AccessKind[];
      readonly programs: readonly string[];
      readonly named: string;
    }
  /** A traced program named something that doesn't exist below this directory. */
  | {
      readonly kind: 'traced-missing';
      readonly accesses: readonly AccessKind[];
      readonly programs: readonly string[];
      readonly named: string;
    }
  /** The slim image's own traced run named what is in the original and was not in it. `round` counts from 1. */
  | {
      readonly kind: 'healed';
      readonly round: number;
      readonly accesses: readonly AccessKind[];
      readonly programs: readonly string[];
      readonly named: string;
    }
  /** It stands in a directory (`parent`) that the application lists and a pack knows to hold plugins. */
  | { readonly kind: 'enumerated'; readonly parent: ImagePath; readonly pack: string }
  /** Known without having been seen: `because` is a clause with the kept `parent`, where there is one, as its subject. */
  | {
      readonly kind: 'static';
      readonly defence: Defence;
      readonly because: string;
      readonly parent?: ImagePath;
    }
  /** A pack of declared knowledge asks for it. */
  | { readonly kind: 'pack'; readonly pack: string; readonly because: string; readonly parent?: ImagePath }
  /** A symlink that a wanted path goes through; `parent` is where it led. */
  | { readonly kind: 'symlink'; readonly parent: ImagePath }
  /** What a kept symlink leads to. */
  | { readonly kind: 'symlink-target'; readonly parent: ImagePath }
  | { readonly kind: 'parent-directory'; readonly parent: ImagePath }
  /** On the way to `parent`: a directory that the name leaves again by `..`, or a file that it takes for a directory. */
  | { readonly kind: 'walked-through'; readonly parent: ImagePath }
  /** PT_INTERP of an ELF file: the kernel opens it, no trace sees it. */
  | { readonly kind: 'elf-interpreter'; readonly parent: ImagePath }
  /** DT_NEEDED of an ELF file, found by `via`. */
  | { readonly kind: 'elf-needed'; readonly parent: ImagePath; readonly library: string; readonly via: string }
  /** Another build of a kept library that another CPU would load (glibc-hwcaps). */
  | { readonly kind: 'cpu-variant'; readonly parent: ImagePath }
  /** Configuration the dynamic loader reads. */
  | { readonly kind: 'loader-configuration'; readonly parent: ImagePath }
  /** The interpreter a script names on its first line. */
  | { readonly kind: 'shebang'; readonly parent: ImagePath; readonly line: string }
  | { readonly kind: 'certificates'; readonly what: string; readonly parent?: ImagePath }
  /** User, group and name-service files. */
  | { readonly kind: 'identity'; readonly what: string; readonly parent?: ImagePath }
  | { readonly kind: 'os-release' }
  | { readonly kind: 'temporary-directory' }
  | { readonly kind: 'working-directory' }
  | { readonly kind: 'volume' }
  | { readonly kind: 'command'; readonly of: 'entrypoint' | 'healthcheck' }
  | { readonly kind: 'included-by-user'; readonly pattern: string }
  | { readonly kind: 'included-shell' };

export type ReasonKind = Reason['kind'];

/** The kept paths of an image, each with why. */
export type Selection = ReadonlyMap<ImagePath, readonly Reason[]>;

/** The kept path a reason leads on to, if any. */
export function parentOfReason(reason: Reason): ImagePath | undefined {
  return 'parent' in reason ? reason.parent : undefined;
}
