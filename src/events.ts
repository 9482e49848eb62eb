/** The steps of the story, in the order they happen. */
export type Phase = 'read' | 'open' | 'baseline' | 'trace' | 'select' | 'build' | 'verify';

/** What a long operation tells while it runs; the command line turns these into progress on stderr. */
export type ProgressEvent =
  | { readonly kind: 'phase-started'; readonly phase: Phase; readonly detail?: string }
  | { readonly kind: 'phase-progress'; readonly phase: Phase; readonly detail: string }
  | { readonly kind: 'phase-finished'; readonly phase: Phase; readonly detail: string; readonly durationMs: number }
  | { readonly kind: 'note'; readonly message: string }
  | { readonly kind: 'warning'; readonly message: string };

export type Emit = (event: ProgressEvent) => void;

/** Runs one phase, telling when it starts, and when it ends what came of it. */
export async function inPhase<T>(
  emit: Emit,
  phase: Phase,
  work: () => Promise<T>,
  describe: (result: T) => string,
): Promise<T> {
  const startedMs = performance.now();
  emit({ kind: 'phase-started', phase });
  const result = await work();
  emit({ kind: 'phase-finished', phase, detail: describe(result), durationMs: performance.now() - startedMs });
  return result;
}
