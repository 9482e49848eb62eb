import type { Distribution } from './distribution.js';
import { asWord, type FilesOfPackage, type InstalledPackage } from './installed-package.js';
import { renderPackageUrl } from './package-url.js';

/** The packages of apk's `installed` (apk-package(5)): blocks of `P:` name, `V:` version, `A:`, `L:`, `o:` origin. */
export function parseAlpinePackages(
  database: string,
  distribution: Distribution | undefined,
  filesOf: FilesOfPackage,
): InstalledPackage[] {
  return database.split(/\n\n+/).flatMap((block) => {
    const field = (letter: string) => new RegExp(`^${letter}:(.*)$`, 'm').exec(block)?.[1];
    const name = asWord(field('P'));
    const version = asWord(field('V'));
    if (name === undefined || version === undefined) return [];
    const architecture = asWord(field('A'));
    const origin = asWord(field('o'));
    const license = field('L')?.trim();
    const id = distribution?.id ?? 'alpine';
    const isOther = origin !== undefined && origin !== name;
    const purl = renderPackageUrl({
      type: 'apk',
      namespace: id.toLowerCase(),
      name: name.toLowerCase(),
      version,
      qualifiers: {
        arch: architecture,
        distro: distribution?.versionId === undefined ? undefined : `${id}-${distribution.versionId}`,
        upstream: isOther ? origin : undefined,
      },
    });
    return {
      type: 'apk',
      name,
      version,
      purl,
      licenses: license ? [license] : [],
      files: filesOf(name, architecture),
      ...(architecture === undefined ? {} : { architecture }),
      ...(isOther ? { source: { name: origin, version: undefined } } : {}),
    };
  });
}
