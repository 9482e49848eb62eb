import { composeInventory } from '../../../src/build/sbom/composed-inventory.js';
import type { InstalledPackage } from '../../../src/image/inventory/installed-package.js';
import { asImagePath } from '../../../src/image/path.js';

/** A package with some files in its own directory: `/NAME/0`, `/NAME/1` … */
export function packageOf(
  purl: string,
  files: number | undefined,
  more: Partial<InstalledPackage> = {},
): InstalledPackage {
  const [, type = '', path = '', version = ''] = /^pkg:(\w+)\/([^@?]+)@?([^?]*)/.exec(purl) ?? [];
  const name = path.replace(/^debian\//, '').replace('%40', '@');
  return {
    type: type as InstalledPackage['type'],
    name,
    version,
    purl,
    licenses: [],
    files: files === undefined ? undefined : Array.from({ length: files }, (_, at) => asImagePath(`/${name}/${at}`)),
    ...more,
  };
}

/** An image of Debian 12 of whose packages these paths are kept. */
export function inventoryOf(packages: readonly InstalledPackage[], kept: readonly string[]) {
  const distribution = { id: 'debian', versionId: '12', prettyName: 'Debian GNU/Linux 12 (bookworm)' };
  const isKept = (path: string) => kept.includes(path);
  return composeInventory({ original: { distribution, packages }, isKept, base: undefined, entries: [] });
}
