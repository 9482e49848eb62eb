import { printable } from '../format.js';
import type { CiImage, CiReport } from './ci-report.js';
import { describeSizes, figuresOf } from './figures.js';
import { failuresOf } from './findings.js';

/** GitHub shows no more of one type from one step. */
const mostOfOneType = 10;
/** Of one message; more is in the log and the summary. */
const mostLines = 12;

/** Where a key of an image stands in the configuration; undefined when it isn't known. */
export type Locate = (
  image: string,
  key: string | null,
) => { readonly file: string; readonly line: number } | undefined;

type Type = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly type: Type;
  readonly title: string;
  readonly message: string;
  readonly place: ReturnType<Locate>;
}

/**
 * GitHub's workflow commands, a line each: an error for everything that makes an image fail, a warning for each note, a
 * notice for each proved image. Beyond ten of a type, the last one counts the rest.
 */
export function renderAnnotations(report: CiReport, locate: Locate): string {
  const annotations = report.images.flatMap((image) => annotate(image, locate));
  const lines = (['error', 'warning', 'notice'] as const).flatMap((type) => {
    const all = annotations.filter((annotation) => annotation.type === type);
    if (all.length <= mostOfOneType) return all;
    const shown = all.slice(0, mostOfOneType - 1);
    const message = `and ${all.length - shown.length} more, see the step's summary`;
    return [...shown, { type, title: 'slimtrace', message, place: undefined }];
  });
  return lines.map((annotation) => `${renderCommand(annotation)}\n`).join('');
}

function annotate(image: CiImage, locate: Locate): Annotation[] {
  const name = printable(image.name);
  const annotations = failuresOf(image).map((finding): Annotation => {
    const lines = finding.lines.slice(0, mostLines);
    if (finding.lines.length > mostLines) lines.push(`and ${finding.lines.length - mostLines} more lines`);
    const place = locate(image.name, finding.key);
    return { type: 'error', title: `slimtrace: ${name}: ${finding.name}`, message: lines.join('\n'), place };
  });
  for (const note of image.report?.notes ?? [])
    annotations.push({ type: 'warning', title: `slimtrace: ${name}`, message: printable(note), place: undefined });
  if (image.outcome === 'passed') {
    const message = `proved${image.isResumed ? ' by an earlier run' : ''}: ${describeSizes(figuresOf(image))}`;
    annotations.push({ type: 'notice', title: `slimtrace: ${name}`, message, place: undefined });
  }
  return annotations;
}

function renderCommand({ type, title, message, place }: Annotation): string {
  const where = place === undefined ? [] : [`file=${escapeProperty(place.file)}`, `line=${place.line}`];
  return `::${type} ${[...where, `title=${escapeProperty(title)}`].join(',')}::${escapeData(message)}`;
}

/** What follows the second `::` of a workflow command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
