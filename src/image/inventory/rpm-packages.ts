import type { PackageHeader } from '../rpm/package-header.js';
import type { Distribution } from './distribution.js';
import { asWord, type FilesOfPackage, type InstalledPackage } from './installed-package.js';
import { renderPackageUrl } from './package-url.js';

/** The packages of an rpm database; their versions as rpm writes them: `epoch:version-release`. */
export function listRpmPackages(
  headers: readonly PackageHeader[],
  distribution: Distribution | undefined,
  filesOf: FilesOfPackage,
): InstalledPackage[] {
  return headers.flatMap(({ name: ownName, version: ownVersion, release, epoch, architecture, license, sourceRpm }) => {
    const name = asWord(ownName);
    const version = asWord(ownVersion);
    if (name === undefined || version === undefined) return [];
    const full = release === undefined ? version : `${version}-${release}`;
    const id = distribution?.id;
    const purl = renderPackageUrl({
      type: 'rpm',
      namespace: id?.toLowerCase(),
      name,
      version: full,
      qualifiers: {
        arch: architecture,
        epoch: epoch === undefined ? undefined : String(epoch),
        distro:
          id === undefined || distribution?.versionId === undefined ? undefined : `${id}-${distribution.versionId}`,
        upstream: sourceRpm,
      },
    });
    const [, source, sourceVersion] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(sourceRpm ?? '') ?? [];
    return {
      type: 'rpm',
      name,
      version: epoch === undefined ? full : `${epoch}:${full}`,
      purl,
      licenses: license ? [license] : [],
      files: filesOf(name, architecture),
      ...(architecture === undefined ? {} : { architecture }),
      ...(source === undefined || source === name ? {} : { source: { name: source, version: sourceVersion } }),
    };
  });
}
