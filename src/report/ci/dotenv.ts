import type { CiReport } from './ci-report.js';
import { figuresOf, percentValue, totalFigures } from './figures.js';

/** GitLab refuses a dotenv report with more variables, or of more bytes. */
const mostVariables = 20;
const mostBytes = 5_000;

export interface Dotenv {
  readonly text: string;
  /** Images whose variable found no room, or that had the name of another's. */
  readonly leftOut: readonly string[];
}

/**
 * GitLab's dotenv report: `SLIMTRACE_…` variables for later jobs, and `SLIMTRACE_IMAGE_<KEY>` for each proved image of
 * several. No quotes, no empty line, no comment; a value that isn't one plain line is left empty.
 */
export function renderDotenv(report: CiReport, reportPath: string | null): Dotenv {
  const { verdict, image, digest, sizeBefore, sizeAfter, reduction, filesKept } = totalFigures(report);
  const variables = new Map<string, string>([
    ['SLIMTRACE_VERDICT', verdict],
    ['SLIMTRACE_IMAGE', plain(image)],
    ['SLIMTRACE_DIGEST', plain(digest)],
    ['SLIMTRACE_SIZE_BEFORE', plain(sizeBefore)],
    ['SLIMTRACE_SIZE_AFTER', plain(sizeAfter)],
    ['SLIMTRACE_REDUCTION', reduction === null ? '' : percentValue(reduction)],
    ['SLIMTRACE_FILES_KEPT', plain(filesKept)],
    ['SLIMTRACE_REPORT_PATH', plain(reportPath)],
  ]);
  const leftOut: string[] = [];
  for (const one of report.images.length > 1 ? report.images : []) {
    const name = `SLIMTRACE_IMAGE_${one.name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
    const wanted = new Map(variables).set(name, plain(figuresOf(one).image));
    if (variables.has(name) || wanted.size > mostVariables || render(wanted).length > mostBytes) leftOut.push(one.name);
    else variables.set(name, wanted.get(name) ?? '');
  }
  return { text: render(variables), leftOut };
}

function render(variables: ReadonlyMap<string, string>): string {
  return [...variables].map(([name, value]) => `${name}=${value}\n`).join('');
}

/** ASCII without quotes, `$` and spaces: what GitLab takes literally. */
function plain(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /^[\w./:@+,%=~-]*$/.test(text) ? text : '';
}
