import type { FileTree } from '../image/file-tree.js';
import type { ImageConfig } from '../image/image.js';
import type { PackageOwnership } from '../image/packages.js';
import type { ImagePath } from '../image/path.js';
import type { Trace } from '../trace/trace.js';
import type { AssistedFile } from './assisted-file.js';
import type { Defence } from './defence.js';
import type { Doubt } from './doubt.js';
import type { ElfFacts } from './elf.js';
import type { GranularityPlan } from './granularity.js';
import type { SelectionNote } from './note.js';
import type { Pack } from './pack.js';
import type { Reason } from './reason.js';

/** What the user asked for on top of the trace. */
export interface SelectionOptions {
  /** Globs or paths to keep; a directory means all below it. */
  readonly include: readonly string[];
  /** Globs or paths to leave out, whatever asks for them; a directory means all below it. */
  readonly exclude: readonly string[];
  readonly includeShell: boolean;
  /** Keep the CA certificates of the image. */
  readonly certificates: boolean;
  /** Defences, and packs by name, that are left out; `all` stands for every defence. */
  readonly without: ReadonlySet<string>;
  readonly granularity: GranularityPlan;
  /** The user's own, besides those that slimtrace knows. */
  readonly packs: readonly Pack[];
}

/** A path a rule wants kept, by the name the rule knows it by: symlinks in it are followed and kept too. */
export interface Want {
  /** Absolute; may contain symlinks and `..`. One that doesn't exist keeps the directory it would be in. */
  readonly path: string;
  readonly reason: Reason;
  /** False: when the last component is a symlink, only the link is wanted. Default true. */
  readonly followLast?: boolean;
  /** True: a path that doesn't exist asks for nothing, not even its directory; a dangling symlink exists. */
  readonly onlyIfPresent?: boolean;
}

/** What a rule sees. Everything here is read-only; the same context always gives the same wants. */
export interface RuleContext {
  readonly tree: FileTree;
  readonly config: ImageConfig;
  /** `NAME=VALUE`, the last of a name counting: the image's environment, and after it that of the runs. */
  readonly env: readonly string[];
  readonly trace: Trace;
  /** What earlier slim images missed when they ran under the trace, first round first. */
  readonly healed: readonly Trace[];
  /** What a helper of the user's choice found. */
  readonly assisted: readonly AssistedFile[];
  readonly options: SelectionOptions;
  /** Who owns what in the image; undefined when nobody read it, as no option asks for it. */
  readonly ownership?: PackageOwnership;
  /** True in the first round only: rules that depend on nothing selected speak then. */
  readonly isFirstRound: boolean;
  /** What is selected so far, the fresh paths included. */
  isSelected(path: ImagePath): boolean;
  /** Everything that is selected so far, in no order. */
  selected(): Iterable<ImagePath>;
  /** Why a path is selected, as far as is known by now. */
  reasonsOf(path: ImagePath): readonly Reason[];
  /** The first bytes (up to 4096) of a fetched regular file; undefined for anything else. */
  head(path: ImagePath): Uint8Array | undefined;
  /** All bytes of a fetched regular file (symlinks not followed); undefined for anything else or over 16 MiB. */
  contents(path: ImagePath): Uint8Array | undefined;
  /** What the dynamic linker reads of a fetched regular file; undefined when it isn't ELF. */
  elf(path: ImagePath): ElfFacts | undefined;
  /** The symbols that a fetched ELF file takes from others; empty for anything else. */
  imports(path: ImagePath): ReadonlySet<string>;
  /** What reads like a library's file name in a fetched ELF file, with its directory if it has one; else empty. */
  libraryNames(path: ImagePath): readonly string[];
}

/**
 * A pure rule: from what was freshly selected to what else must be kept. It is called until nothing new is selected,
 * each selected path being fresh exactly once.
 */
export interface Rule {
  readonly name: string;
  /** The defence it belongs to, which can be left out; without one, the rule always holds. */
  readonly defence?: Defence;
  /**
   * `names`: looks at names and metadata only, so it is asked before anything is fetched, and what it wants comes with
   * the same trip to the engine. `contents`: reads fresh files, so it is asked once they are there. `whole`: looks at
   * all that the others select, and is asked once, when they have nothing to add (`fresh` is everything then); what it
   * wants is fresh for the others, and not for such rules again.
   */
  readonly looksAt: 'names' | 'contents' | 'whole';
  readonly want: (context: RuleContext, fresh: readonly ImagePath[]) => Iterable<Want | SelectionNote | Doubt>;
  /** Files to bring along without keeping them: what the rule consults, or will likely want next. Saves a trip. */
  readonly bringAlong?: (context: RuleContext, fresh: readonly ImagePath[]) => Iterable<string>;
}
