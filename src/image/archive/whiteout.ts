import { quoteName } from './entry-name.js';

const prefix = '.wh.';
const metaPrefix = '.wh..wh.';
const opaqueName = '.wh..wh..opq';

/** What an entry's name makes of it (OCI image-spec layer.md, "Whiteouts"). Names are normalised. */
export type Marking =
  | { readonly kind: 'plain' }
  /** Removes `name` of lower layers. */
  | { readonly kind: 'whiteout'; readonly name: string }
  /** Removes whatever lower layers have in `directory`. */
  | { readonly kind: 'opaque'; readonly directory: string }
  /** Bookkeeping of aufs, such as `.wh..wh.plnk`. */
  | { readonly kind: 'meta' }
  | { readonly kind: 'invalid'; readonly problem: string };

const plain: Marking = { kind: 'plain' };

/** Tells whiteouts from other entries by their names alone: engines don't look at the type either. */
export function markingOf(name: string): Marking {
  if (!name.includes(prefix)) return plain;
  const components = name.split('/');
  const base = components.pop() as string;
  const directory = components.join('/');
  if (base === opaqueName && !components.some((component) => component.startsWith(prefix)))
    return { kind: 'opaque', directory };
  if (base.startsWith(metaPrefix) || components.some((component) => component.startsWith(metaPrefix)))
    return { kind: 'meta' };
  if (components.some((component) => component.startsWith(prefix)))
    return { kind: 'invalid', problem: 'it stands in a whiteout' };
  if (!base.startsWith(prefix)) return plain;
  const hidden = base.slice(prefix.length);
  if (hidden === '' || hidden === '.' || hidden === '..')
    return { kind: 'invalid', problem: `it is a whiteout of ${quoteName(`/${directory}`)} itself` };
  return { kind: 'whiteout', name: directory === '' ? hidden : `${directory}/${hidden}` };
}
