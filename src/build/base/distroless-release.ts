import { SlimtraceError } from '../../errors.js';
import type { Image } from '../../image/image.js';
import { type Distribution, readDistribution } from '../../image/inventory/distribution.js';

/** Releases that static is made of, for what needs no release in particular: the newest first. */
const knownReleases = ['13', '12'];

/**
 * The Debian releases whose distroless images may carry what is kept of an image, the best first: its own, and any for
 * static, which has no code, when the image is of none. Throws `base-refused`: another distribution's programs on Debian's
 * libraries would be a guess.
 */
export async function releasesFor(
  variant: string,
  { tree, contents }: Pick<Image, 'tree' | 'contents'>,
): Promise<readonly string[]> {
  const distribution = await readDistribution(tree, contents);
  const release = debianRelease(distribution);
  if (release !== undefined) return [release];
  if (variant === 'static') return knownReleases;
  throw new SlimtraceError('base-refused', {
    base: `distroless ${variant}`,
    reason: `its libraries are Debian’s, and the image is ${describe(distribution)}`,
    hint: 'leave out --base for scratch, or name an image of the same distribution',
  });
}

/** The number of the Debian release that an image is made of; undefined for anything else, testing too. */
function debianRelease(distribution: Distribution | undefined): string | undefined {
  if (distribution?.id !== 'debian') return undefined;
  return /^\d{1,3}$/.exec(distribution.versionId ?? '')?.[0];
}

function describe(distribution: Distribution | undefined): string {
  if (distribution === undefined) return 'of no distribution that it names';
  const { id, versionId, prettyName } = distribution;
  if (id === 'debian' && versionId === undefined) return 'of a Debian that is not released yet';
  return prettyName ?? id;
}
