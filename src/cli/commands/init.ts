import { existsSync } from 'node:fs';
import { SlimtraceError } from '../../errors.js';
import type { Emit } from '../../events.js';
import { printable } from '../../report/format.js';
import { openOutputFile, writeWhole } from '../../system/output-file.js';
import type { CommandContext } from '../command-context.js';
import { readConfigKeys } from '../configuration/config-keys.js';
import { nameImages, renderStarter, type StarterImage } from '../configuration/starter/starter.js';
import type { EngineFlags } from '../flags.js';
import { openContext } from '../open-context.js';
import { openProgress } from '../progress.js';

interface InitFlags extends EngineFlags {
  readonly output: string;
  readonly force?: true;
  readonly quiet?: true;
}

/** What stands where an image was to be named. */
const placeholder: StarterImage = { reference: 'app:latest', config: undefined };

/** `slimtrace init`. */
export async function runInit(images: readonly string[], flags: InitFlags, context: CommandContext): Promise<void> {
  const { output } = flags;
  if (output !== '-' && flags.force !== true && existsSync(output))
    throw new SlimtraceError('usage', {
      problem: `${output} is there already`,
      hint: '--force writes over it, --output FILE writes another one',
    });
  using progress = openProgress(context.host, flags.quiet === true);
  const found = images.length === 0 ? [placeholder] : await inspect(images, flags, progress.emit, context);
  const text = renderStarter(found, readConfigKeys());
  if (output === '-') {
    context.host.stdout.write(text);
    return;
  }
  await using file = await openOutputFile(output);
  await writeWhole(file, text);
  const [name = ''] = nameImages(found.map(({ reference }) => reference));
  const next = images.length === 0 ? 'say in it which image is meant' : `slimtrace slim ${name}`;
  progress.emit({ kind: 'note', message: `wrote ${printable(output)}; next: ${next}` });
}

async function inspect(
  images: readonly string[],
  flags: InitFlags,
  emit: Emit,
  context: CommandContext,
): Promise<StarterImage[]> {
  await using opened = await openContext(context, emit, flags);
  const found: StarterImage[] = [];
  for (const reference of images) {
    const engine = await opened.engineOf(reference);
    const { config } = await engine.inspectImage(reference);
    found.push({ reference, config });
  }
  return found;
}
