import type { CiReport } from './ci-report.js';
import { type CiFigures, figuresOf, percentValue, totalFigures } from './figures.js';

/**
 * What later steps read as `steps.ID.outputs.NAME`: the image's figures, or with several the sums and the worst verdict,
 * and `images`, a JSON array with those of each. What isn't known, or isn't proved, is empty.
 */
export function buildGithubOutputs(report: CiReport, reportPath: string | null): Readonly<Record<string, string>> {
  const images = report.images.map((image) => ({ name: image.name, ...namedFigures(figuresOf(image)) }));
  return { ...namedFigures(totalFigures(report)), images: JSON.stringify(images), 'report-path': reportPath ?? '' };
}

function namedFigures(figures: CiFigures): Readonly<Record<string, string>> {
  const text = (value: string | number | null) => (value === null ? '' : String(value));
  return {
    verdict: figures.verdict,
    image: text(figures.image),
    digest: text(figures.digest),
    'size-before': text(figures.sizeBefore),
    'size-after': text(figures.sizeAfter),
    reduction: figures.reduction === null ? '' : percentValue(figures.reduction),
    'files-kept': text(figures.filesKept),
  };
}

/**
 * The lines of `$GITHUB_OUTPUT`, each value between two lines of `delimiter`. Throws RangeError when a value has it: it is
 * random, so that no image can know it.
 */
export function renderGithubOutputs(outputs: Readonly<Record<string, string>>, delimiter: string): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      if (value.includes(delimiter)) throw new RangeError(`the value of ${name} has the delimiter`);
      return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
    })
    .join('');
}
