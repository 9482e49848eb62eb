import { SlimtraceError } from '../../errors.js';
import type { CommandContext } from '../command-context.js';
import type { CiSettings } from '../configuration/ci-keys.js';
import { type ConfiguredImage, readConfiguration } from '../configuration/read-configuration.js';
import { findConfiguration } from '../configuration/read-request.js';

export interface ChosenImages {
  /** The configuration. */
  readonly file: string;
  readonly images: readonly ConfiguredImage[];
  /** The keys of all its images. */
  readonly known: readonly string[];
  readonly settings: CiSettings;
}

/**
 * Reads the configuration, and chooses the images of those keys, in the file's order; all without keys. Throws `usage` for a
 * key that isn't there, and when two images would take one name.
 */
export async function chooseImages(
  keys: readonly string[],
  given: string | undefined,
  { host: { env }, signal }: CommandContext,
): Promise<ChosenImages> {
  const file = given ?? findConfiguration();
  if (file === undefined)
    throw new SlimtraceError('usage', {
      problem: 'there is no slimtrace.yaml or slimtrace.yml here',
      hint: '`slimtrace init IMAGE` writes one; --config FILE names another',
    });
  const { images, ci } = await readConfiguration(file, { env, signal });
  const unknown = keys.find((key) => !images.some(({ name }) => name === key));
  if (unknown !== undefined)
    throw new SlimtraceError('usage', {
      problem: `${file} has no image ${JSON.stringify(unknown)}`,
      hint: `it has ${images.map(({ name }) => name).join(', ')}`,
    });
  const chosen = keys.length === 0 ? images : images.filter(({ name }) => keys.includes(name));
  requireOwnNames(chosen);
  return { file, images: chosen, known: images.map(({ name }) => name), settings: ci };
}

/** Without a tag, an image's slim one is named after it: the second of the same image would take the first one's name. */
function requireOwnNames(images: readonly ConfiguredImage[]): void {
  const named = new Map<string, string>();
  for (const { name, image, flags } of images) {
    if (flags.tag !== undefined || flags.output !== undefined || flags.dryRun === true) continue;
    const other = named.get(image);
    if (other !== undefined)
      throw new SlimtraceError('usage', {
        problem: `${other} and ${name} both slim ${image}, and would give the result the same name`,
        hint: 'give each a `tag` of its own',
      });
    named.set(image, name);
  }
}
