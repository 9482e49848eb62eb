import type { BudgetFlags, EngineFlags, ResultFlags, RunFlags, SelectionFlags, SlimFlags, TimeFlags } from './flags.js';

/** What every command that slims is told, from its flags or a configuration file. */
export type SlimmingFlags = EngineFlags & RunFlags & SelectionFlags & TimeFlags & SlimFlags & ResultFlags & BudgetFlags;

/** One image to slim, as a command was told. */
export interface SlimRequest {
  readonly image: string;
  /** Replaces the image's command when not empty. */
  readonly command: readonly string[];
  readonly flags: SlimmingFlags;
}
