import { type Diversion, parseDiversions } from '../../image/dpkg-diversions.js';
import { type Md5sum, parseMd5sums } from '../../image/dpkg-md5sums.js';
import { type DpkgStanza, parseDpkgStatus } from '../../image/dpkg-status.js';
import type { TreeEntry } from '../../image/file-tree.js';
import type { Image } from '../../image/image.js';
import { readPackageText } from '../../image/package-text.js';
import type { PackageRecord } from '../../image/packages.js';

/** What dpkg's database says of some packages: of an image that dpkg filled, or of one made as distroless images are. */
export interface DpkgSource {
  stanzaOf(record: PackageRecord): DpkgStanza | undefined;
  md5sumsOf(record: PackageRecord): readonly Md5sum[];
  readonly diversions: ReadonlyMap<string, Diversion>;
}

/** Opens the database for these packages; what the image lacks is empty. */
export async function openDpkgSource(
  { tree, contents }: Image,
  records: readonly PackageRecord[],
): Promise<DpkgSource> {
  const file = (path: string): TreeEntry | undefined => {
    const { entry } = tree.resolve(`/var/lib/dpkg/${path}`);
    return entry?.type === 'file' ? entry : undefined;
  };
  const status = file('status');
  const diversions = file('diversions');
  const fieldsOf = ({ id }: PackageRecord) => file(`status.d/${id}`);
  const sumsOf = ({ id }: PackageRecord) => file(`info/${id}.md5sums`) ?? file(`status.d/${id}.md5sums`);
  const read = (entry: TreeEntry | undefined): string => (entry === undefined ? '' : readPackageText(entry, contents));
  const wanted = [status, diversions, ...records.flatMap((record) => [fieldsOf(record), sumsOf(record)])];
  await contents.fetch(wanted.flatMap((entry) => (entry === undefined ? [] : [entry.path])));
  const stanzas = stanzasById(parseDpkgStatus(read(status)));
  return {
    stanzaOf: (record) => stanzas.get(record.id) ?? parseDpkgStatus(read(fieldsOf(record)))[0],
    md5sumsOf: (record) => parseMd5sums(read(sumsOf(record))),
    diversions: parseDiversions(read(diversions)),
  };
}

/** By the names that dpkg's lists of files have: with the architecture for packages that may be there for several. */
function stanzasById(stanzas: readonly DpkgStanza[]): ReadonlyMap<string, DpkgStanza> {
  const byId = new Map<string, DpkgStanza>();
  for (const stanza of stanzas) {
    const name = stanza.fields.get('package') ?? '';
    if (!byId.has(name)) byId.set(name, stanza);
    byId.set(`${name}:${stanza.fields.get('architecture')}`, stanza);
  }
  return byId;
}
