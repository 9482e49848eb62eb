import { formatAmount } from './amount.js';
import type { EngineImage } from './engine/engine.js';
import { inPhase } from './events.js';
import { withoutDirectory } from './image/archive/reference.js';
import type { FileTree } from './image/file-tree.js';
import { type ExerciseOptions, openPristine, openSource, type SlimContext, traceOriginal } from './observe-image.js';
import { planScenarios } from './scenario.js';
import { allOrNone } from './system/concurrency.js';
import { digestOf } from './system/digest.js';
import { markExisting } from './trace/mark-existing.js';
import type { Collection, Trace } from './trace/trace.js';
import { renderTrace } from './trace/trace-json.js';

/** What a trace file says of the use of slimtrace that it came from. */
export type CollectionFacts = Omit<Collection, 'id'>;

/** Runs an image under the trace and returns what it touched, as it is to be in a file; nothing is built. */
export async function traceOnly(
  reference: string,
  options: ExerciseOptions,
  facts: CollectionFacts,
  context: SlimContext,
): Promise<Trace> {
  const source = await openSource(reference, options, context);
  const scenarios = await planScenarios(options.scenarios, source, context);
  return await collectTrace({ reference, source, facts }, context, (signal) =>
    traceOriginal(source, scenarios, options, { ...context, signal }),
  );
}

/** Lists the image while it is traced, for what of the traced paths it had. */
export async function collectTrace(
  about: { readonly reference: string; readonly source: EngineImage; readonly facts: CollectionFacts },
  context: SlimContext,
  trace: (signal: AbortSignal) => Promise<Trace>,
): Promise<Trace> {
  const [tree, traced] = await allOrNone(2, context.signal, (signal) => [
    () =>
      inPhase(
        context.emit,
        'open',
        () => listTree(about, context),
        ({ size }) => formatAmount(size, 'entry'),
      ),
    () => trace(signal),
  ]);
  return asCollected(markExisting(traced, tree), about);
}

async function listTree(
  { reference, source }: { readonly reference: string; readonly source: EngineImage },
  { engine }: SlimContext,
): Promise<FileTree> {
  await using image = await openPristine(engine, source, reference);
  return image.tree;
}

/** The collection's ID is the digest of the rest of the file: the same runs that touched the same are the same collection. */
function asCollected(
  trace: Trace,
  { reference, facts }: { readonly reference: string; readonly facts: CollectionFacts },
): Trace {
  const withId = (id: string): Trace => ({
    ...trace,
    image: { reference: withoutDirectory(reference), ...trace.image },
    runs: trace.runs.map((run) => ({ ...run, collection: { id, ...facts } })),
  });
  return withId(digestOf(renderTrace(withId(''))));
}
