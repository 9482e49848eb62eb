import type { CheckRun } from './check/check.js';
import type { Verdict } from './check/compare-runs.js';
import { type ProofOptions, proveImage } from './check/prove.js';
import type { EngineImage } from './engine/engine.js';
import { inPhase } from './events.js';
import { validateWrittenImage } from './image/archive/validate.js';
import type { SlimContext } from './observe-image.js';
import type { SlimTarget } from './slim-target.js';

/** A slim image that isn't proved yet. */
export interface Candidate {
  readonly archive: string;
  /** The name it is loaded under until it is proved. */
  readonly pending: string;
  readonly target: SlimTarget;
  /** To be done when it is proved, before it gets its name: an output that can't be written leaves no image either. */
  readonly writeOutput: () => Promise<void>;
  /** To be done when it isn't: it is to be looked into. */
  readonly writeFailed: () => Promise<void>;
}

export interface Proved {
  readonly verdict: Verdict;
  /** The name it has in the end: the good one, or the `-failed` one. */
  readonly name: string;
  readonly image: EngineImage;
}

/** Loads the slim image, runs the checks on it and names it by what came of them. */
export async function proveSlimImage(
  candidate: Candidate,
  proof: ProofOptions & { readonly originals: readonly CheckRun[]; readonly source: EngineImage },
  { engine, emit }: SlimContext,
): Promise<Proved> {
  const { archive, pending } = candidate;
  try {
    const work = async (): Promise<Proved> => {
      const [id] = await Promise.all([
        engine.loadImage(archive, pending),
        validateWrittenImage({ transport: 'file', path: archive }),
      ]);
      const verdict = await proveImage(engine, { original: proof.source, slimId: id }, proof.originals, proof);
      await (verdict.passed ? candidate.writeOutput() : candidate.writeFailed());
      const name = verdict.passed ? candidate.target.name : candidate.target.failedName;
      await engine.tagImage(id, name);
      return { verdict, name, image: await engine.inspectImage(id) };
    };
    return await inPhase(emit, 'verify', work, ({ verdict }) =>
      verdict.passed ? 'every check passed' : 'the slim image answers differently',
    );
  } finally {
    await engine.removeImageName(pending);
  }
}
