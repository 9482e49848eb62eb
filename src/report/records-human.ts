import { formatAmount } from '../amount.js';
import type { PackageRecords } from '../build/composition.js';
import { printable } from './format.js';
import type { Style } from './style.js';

/** What scanners can read of the packages in the slim image. */
export interface ReportedRecords {
  readonly form: PackageRecords['form'];
  /** How many are recorded. */
  readonly packages: number;
  readonly remarks: readonly string[];
}

export function reportRecords({ form, packages, remarks }: PackageRecords): ReportedRecords {
  return { form, packages: packages.length, remarks };
}

const shownRemarks = 3;

const words: { readonly [F in ReportedRecords['form']]: (packages: string) => string } = {
  dpkg: (packages) => `${packages} recorded for scanners in /var/lib/dpkg/status.d, with the files that are left`,
  apk: (packages) => `${packages} recorded for scanners in apk's database, with the files that are left`,
  whole: () => 'the package database is kept as it is',
  'left-out': () => 'no packages are recorded, as asked: scanners find none',
  none: () => '',
};

/** A line for a person, and what to know of it; empty for an image without a package database. */
export function renderRecords({ form, packages, remarks }: ReportedRecords, style: Style): string {
  const line = words[form](formatAmount(packages, 'package'));
  const told = remarks.slice(0, shownRemarks).map((remark) => printable(remark));
  const [first, ...rest] = [...(line === '' ? [] : [line]), ...told];
  if (first === undefined) return '';
  return [`${style.bold('records')}: ${first}`, ...rest.map((remark) => `  ${remark}`)].join('\n');
}
