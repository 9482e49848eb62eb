import { formatAmount, formatCount } from '../amount.js';
import type { ComposedInventory } from '../build/sbom/composed-inventory.js';
import type { PackageType } from '../image/inventory/installed-package.js';
import type { Programs } from '../image/programs.js';
import type { ImageSummary } from '../slim-result.js';
import { printable } from './format.js';
import type { Style } from './style.js';

export interface ReportedPackage {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** `unknown`: nobody wrote down which files are the package's. */
  readonly extent: 'full' | 'part' | 'unknown';
  readonly filesKept: number;
  readonly files: number;
  readonly isOfBase: boolean;
}

/** What the original had and the slim image hasn't. */
export interface ReportedGone extends Programs {
  readonly packages: readonly { readonly type: PackageType; readonly name: string; readonly version: string }[];
  readonly setuidFiles: readonly string[];
  readonly shells: readonly string[];
}

/** Packages, and programs that are of use to an intruder: what is kept, what stays, what is gone. */
export interface ReportedInventory {
  readonly keptPackages: readonly ReportedPackage[];
  readonly remaining: Programs;
  readonly gone: ReportedGone;
}

export function reportInventory(
  { kept, gone }: ComposedInventory,
  original: ImageSummary,
  slim: ImageSummary,
): ReportedInventory {
  const before = original.census;
  const after = slim.census;
  return {
    keptPackages: kept.map(({ package: { type, name, version, purl }, extent, filesKept, files, isOfBase }) => ({
      type,
      name,
      version,
      purl,
      extent,
      filesKept,
      files,
      isOfBase,
    })),
    remaining: after.programs,
    gone: {
      packages: gone.map(({ type, name, version }) => ({ type, name, version })),
      setuidFiles: without(before.setuidFiles, after.setuidFiles),
      shells: without(before.shells, after.shells),
      packageManagers: without(before.programs.packageManagers, after.programs.packageManagers),
      compilers: without(before.programs.compilers, after.programs.compilers),
      interpreters: without(before.programs.interpreters, after.programs.interpreters),
    },
  };
}

function without(all: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return all.filter((one) => !known.has(one));
}

/** Two or three lines for a person. */
export function renderInventory({ keptPackages, remaining, gone }: ReportedInventory, style: Style): string {
  const whole = keptPackages.length + gone.packages.length;
  const full = keptPackages.filter(({ extent }) => extent === 'full').length;
  const lines: string[] = [];
  if (whole > 0)
    lines.push(
      `${style.bold('packages')}: ${formatCount(keptPackages.length)} of ${formatCount(whole)} kept (${formatCount(full)} in full, ${formatCount(keptPackages.length - full)} in part)${renderTypes(keptPackages, gone)}`,
    );
  const went = [
    count(gone.setuidFiles.length, 'setuid/setgid file'),
    count(gone.shells.length, 'shell'),
    ...gone.packageManagers,
    ...gone.compilers,
    ...gone.interpreters,
  ].filter((part) => part !== '');
  if (went.length > 0) lines.push(`${style.bold('gone')}: ${went.map(printable).join(', ')}`);
  const stay = [...remaining.packageManagers, ...remaining.compilers, ...remaining.interpreters];
  if (stay.length > 0) lines.push(`${style.bold('still there')}: ${stay.map(printable).join(', ')}`);
  return lines.join('\n');
}

/** `: 31 of 402 deb, 88 of 506 npm` where there are several kinds. */
function renderTypes(kept: readonly ReportedPackage[], gone: ReportedGone): string {
  const types = [...new Set([...kept, ...gone.packages].map(({ type }) => type))].sort();
  if (types.length < 2) return '';
  const of = (type: PackageType, packages: readonly { readonly type: PackageType }[]) =>
    packages.filter((one) => one.type === type).length;
  const parts = types.map((type) => {
    const left = of(type, kept);
    return `${formatCount(left)} of ${formatCount(left + of(type, gone.packages))} ${type}`;
  });
  return `: ${parts.join(', ')}`;
}

function count(number: number, what: string): string {
  return number === 0 ? '' : formatAmount(number, what);
}
