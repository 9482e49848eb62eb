import { SlimtraceError } from '../../errors.js';
import type { BaseImage } from '../../image/base-image.js';
import type { Image } from '../../image/image.js';
import type { Selection } from '../../selection/reason.js';
import type { BaseRequest } from '../result-options.js';
import { chooseVariant } from './choose-variant.js';
import { debianPython, otherPython } from './distroless-python.js';
import { releasesFor } from './distroless-release.js';

type DistrolessRequest = Extract<BaseRequest, { kind: 'distroless' }>;

interface Kept {
  readonly image: Pick<Image, 'tree' | 'contents'>;
  readonly selection: Selection;
}

/** Opens an image of the family by its name. */
type Open = (name: string) => Promise<BaseImage>;

/**
 * Opens the distroless image that fits what is kept, or the variant that was named, of the image's own Debian release:
 * `PREFIX/VARIANT-debianRELEASE`, as gcr.io/distroless names them. Throws `base-refused` and `image-not-found`.
 */
export async function openDistroless(
  { variant, repository }: DistrolessRequest,
  kept: Kept,
  by: { readonly open: (reference: string) => Promise<BaseImage>; readonly signal: AbortSignal },
): Promise<{ readonly image: BaseImage; readonly because: string }> {
  const prefix = repository.replace(/\/+$/, '');
  const open: Open = (name) => by.open(`${prefix}/${name}`);
  if (variant !== undefined) {
    const image = /-debian\d+$/.test(variant) ? await open(variant) : await openRelease(variant, kept, open);
    return { image, because: '--base names it' };
  }
  const plain = chooseVariant(kept.selection);
  const python = plain.variant === 'static' ? undefined : await openPython(kept, open, by.signal);
  if (python?.image !== undefined) return { image: python.image, because: python.because };
  const image = await openRelease(plain.variant, kept, open);
  return { image, because: [plain.because, ...(python === undefined ? [] : [python.because])].join('; ') };
}

/** The first that is there; when none is, the failure names the best. */
async function openRelease(variant: string, { image }: Kept, open: Open): Promise<BaseImage> {
  const [best = '', ...others] = (await releasesFor(variant, image)).map((release) => `${variant}-debian${release}`);
  try {
    return await open(best);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    for (const other of others) {
      const opened = await openIfThere(other, open);
      if (opened !== undefined) return opened;
    }
    throw error;
  }
}

/** Debian's own Python needs no copy where the base has the same; `because` tells why it is not taken otherwise. */
async function openPython(
  { image, selection }: Kept,
  open: Open,
  signal: AbortSignal,
): Promise<{ readonly image?: BaseImage; readonly because: string } | undefined> {
  const python = debianPython(selection);
  if (python === undefined) return undefined;
  const [release = ''] = await releasesFor('python3', image);
  const base = await openIfThere(`python3-debian${release}`, open);
  if (base === undefined) return { because: `there is no python3-debian${release}, which may have ${python}` };
  try {
    const other = await otherPython(python, image, base, signal);
    if (other === undefined) return { image: base, because: `${python} is Debian’s own, byte for byte` };
    await base[Symbol.asyncDispose]();
    return { because: other };
  } catch (error) {
    await base[Symbol.asyncDispose]();
    throw error;
  }
}

async function openIfThere(name: string, open: Open): Promise<BaseImage | undefined> {
  try {
    return await open(name);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const codes: readonly string[] = ['image-not-found', 'archive-not-found', 'not-an-archive'];
  return error instanceof SlimtraceError && codes.includes(error.code);
}
