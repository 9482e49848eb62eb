import { parseDpkgStatus } from '../dpkg-status.js';
import type { Distribution } from './distribution.js';
import { asWord, type FilesOfPackage, type InstalledPackage } from './installed-package.js';
import { renderPackageUrl } from './package-url.js';

/** Without an os-release, dpkg's own distribution is the best guess. */
const defaultId = 'debian';

/** The packages of dpkg's records (dpkg(1) `status`, or distroless' `status.d`): those whose files are installed. */
export function parseDebianPackages(
  records: readonly string[],
  distribution: Distribution | undefined,
  filesOf: FilesOfPackage,
): InstalledPackage[] {
  return records.flatMap(parseDpkgStatus).flatMap(({ fields }) => {
    const name = asWord(fields.get('package'));
    const version = asWord(fields.get('version'));
    if (name === undefined || version === undefined || !isInstalled(fields.get('status'))) return [];
    const architecture = asWord(fields.get('architecture'));
    const source = parseSource(fields.get('source'), name);
    const id = distribution?.id ?? defaultId;
    const purl = renderPackageUrl({
      type: 'deb',
      namespace: id,
      name: name.toLowerCase(),
      version,
      qualifiers: {
        arch: architecture,
        distro: distribution?.versionId === undefined ? undefined : `${id}-${distribution.versionId}`,
        // As Syft writes it and Grype reads it: advisories are about source packages.
        upstream: source === undefined ? undefined : [source.name, source.version].filter(Boolean).join('@'),
      },
    });
    return {
      type: 'deb',
      name,
      version,
      purl,
      licenses: [],
      files: filesOf(name, architecture),
      ...(architecture === undefined ? {} : { architecture }),
      ...(source === undefined ? {} : { source }),
    };
  });
}

/** Distroless records have no Status. */
function isInstalled(status: string | undefined): boolean {
  return status === undefined || !/ (?:not-installed|config-files)$/.test(status.trim());
}

/** `Source: glibc`, or `Source: gcc-12 (12.2.0-14)` where the version differs (deb-control(5)). */
function parseSource(text: string | undefined, name: string): InstalledPackage['source'] {
  const [, source, version] = /^(\S+)(?:\s+\(([^)\s]+)\))?\s*$/.exec(text ?? '') ?? [];
  return source === undefined || (source === name && version === undefined) ? undefined : { name: source, version };
}
