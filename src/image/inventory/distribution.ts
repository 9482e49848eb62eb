import type { FileTree } from '../file-tree.js';
import type { ContentSource } from '../image.js';

/** What os-release(5) says an image is made from; a field that it lacks is undefined. */
export interface Distribution {
  readonly id: string;
  readonly versionId: string | undefined;
  /** `Debian GNU/Linux 12 (bookworm)` */
  readonly prettyName: string | undefined;
}

/** In the order that os-release(5) gives them. */
const places = ['/etc/os-release', '/usr/lib/os-release'];
const maxBytes = 64 * 1024;

/** Reads an image's os-release; undefined when it has none, or one without an ID. */
export async function readDistribution(tree: FileTree, contents: ContentSource): Promise<Distribution | undefined> {
  const entry = places.map((place) => tree.resolve(place).entry).find((found) => found?.type === 'file');
  if (entry === undefined) return undefined;
  await contents.fetch([entry.path]);
  return parseOsRelease(Buffer.from(contents.read(entry.path, 0, maxBytes)).toString('utf8'));
}

/** Parses os-release(5): shell assignments, values perhaps in quotes. */
function parseOsRelease(text: string): Distribution | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^([A-Z_0-9]+)=(.*)$/.exec(line.trim()) ?? [];
    if (name !== undefined) fields.set(name, unquote(value));
  }
  const id = fields.get('ID');
  // What os-release(5) allows; it becomes part of package URLs.
  if (id === undefined || !/^[A-Za-z0-9][\w.-]*$/.test(id)) return undefined;
  return { id, versionId: fields.get('VERSION_ID') || undefined, prettyName: fields.get('PRETTY_NAME') || undefined };
}

function unquote(value: string): string {
  const [, inner] = /^(?:"(.*)"|'(.*)')$/.exec(value)?.filter((part) => part !== undefined) ?? [];
  return (inner ?? value).replace(/\\(["$`\\])/g, '$1');
}
