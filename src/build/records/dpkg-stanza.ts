import type { DpkgStanza } from '../../image/dpkg-status.js';
import type { Platform } from '../../image/image.js';

/**
 * What is left of a package's control fields: those that dpkg-query asks for and that scanners take names, versions and
 * advisories by. What it depends on, suggests, breaks and how large it was says nothing true of a slim image.
 */
const keptFields = [
  'Package',
  'Status',
  'Maintainer',
  'Architecture',
  'Multi-Arch',
  'Source',
  'Version',
  'Description',
  'Conffiles',
];

/** Renders a package's record (deb-control(5)): Description is its first line, Conffiles are those that `isKept`. */
export function renderStanza({ fields }: DpkgStanza, isKept: (conffile: string) => boolean): string {
  const lines = keptFields.flatMap((name) => {
    const value = fields.get(name.toLowerCase());
    if (name === 'Conffiles') return renderConffiles(value ?? '', isKept);
    // Distroless records have none, and are of installed packages; dpkg takes a stanza without it for a gone one.
    if (name === 'Status' && value === undefined) return ['Status: install ok installed'];
    return value === undefined ? [] : [`${name}: ${value.split('\n')[0]}`];
  });
  return `${lines.join('\n')}\n`;
}

/** `\n /etc/ld.so.conf DIGEST`, and ` obsolete` or ` remove-on-upgrade` behind it. */
function renderConffiles(value: string, isKept: (conffile: string) => boolean): string[] {
  const lines = value.split('\n').filter((line) => {
    // No more words than dpkg knows: tried at every digest of a line that is hostile.
    const [, conffile] = /^\s+(\/.*) [0-9a-f]{32}(?: [a-z-]+){0,2}$/.exec(line) ?? [];
    return conffile !== undefined && isKept(conffile);
  });
  return lines.length === 0 ? [] : ['Conffiles:', ...lines];
}

/** Debian's names of architectures where Go has others (dpkg's cputable, Go's `GOARCH`). */
const debianNames: Readonly<Record<string, string>> = {
  '386': 'i386',
  arm: 'armhf',
  mips64le: 'mips64el',
  ppc64le: 'ppc64el',
};

/**
 * The file name of a package's record: that of the package, and of one for another architecture than the image's
 * `NAME:ARCHITECTURE`, by which Syft finds its md5sums too. Undefined for a stanza without a name.
 */
export function recordName({ fields }: DpkgStanza, { architecture: goName }: Platform): string | undefined {
  const name = fields.get('package');
  const architecture = fields.get('architecture') ?? 'all';
  const isNative = architecture === 'all' || architecture === (debianNames[goName] ?? goName);
  return name === undefined || isNative ? name : `${name}:${architecture}`;
}
