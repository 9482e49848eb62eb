import type { ExplainedStep, Explanation } from '../selection/explain.js';
import { printable } from './format.js';
import { renderReason } from './reason-text.js';
import type { Style } from './style.js';
import type { Answer } from './why.js';

/** Chains that are shown; `--json` has them all. */
const shownChains = 3;

/** The answer to `slimtrace why` for a person. */
export function renderAnswer(answer: Answer, style: Style): string {
  const { explanation } = answer;
  const owner = answer.package === undefined ? '' : ` (package ${printable(answer.package)})`;
  const through = explanation.through.map((link) => `through the link ${printable(link)}`);
  const lines = [
    `${style.bold(printable(explanation.path))}${owner} ${describeFate(explanation, answer, style)}`,
    ...through,
    ...baseLines(answer),
  ];
  if (explanation.kind !== 'kept')
    lines.push(...(answer.base === undefined && !answer.isWritten ? [nearest(explanation)] : []));
  else lines.push(...renderChains(explanation.chains, style));
  return `${lines.join('\n')}\n`;
}

type Fate =
  | { readonly kind: Exclude<Explanation['kind'], 'excluded'> }
  | Pick<Extract<Explanation, { kind: 'excluded' }>, 'kind' | 'pattern'>;

/** What became of a path: the words after its name. */
export function describeFate(
  explanation: Fate,
  { image, base, isWritten }: Pick<Answer, 'image' | 'base' | 'isWritten'>,
  style: Style,
): string {
  const where = printable(image);
  if (isWritten && explanation.kind !== 'kept')
    return `is ${style.green('in')} ${where}: slimtrace wrote it (a package record, or what the options ask for)`;
  if (base !== undefined && explanation.kind !== 'kept')
    return `is ${style.green('in')} ${where}: from the base image ${printable(base)}`;
  switch (explanation.kind) {
    case 'kept':
      return `is ${style.green('in')} ${where}`;
    case 'excluded':
      return `is ${style.red('out')} of ${where}: --exclude ${printable(explanation.pattern)} left it out`;
    case 'not-asked-for':
      return `is ${style.red('out')} of ${where}: nothing asked for it`;
    case 'not-in-image':
      return `is ${style.red('not')} in the original image`;
  }
}

/** What became of the original's own file, where the base brings the path. */
function baseLines({ explanation, base }: Answer): string[] {
  if (base === undefined) return [];
  switch (explanation.kind) {
    case 'kept':
      return [`the base image ${printable(base)} brings it, as the original has it`];
    case 'excluded':
      return [`the original’s was left out by --exclude ${printable(explanation.pattern)}`];
    case 'not-asked-for':
      return ['nothing asked for the original’s'];
    case 'not-in-image':
      return ['the original has nothing there'];
  }
}

function nearest(explanation: Exclude<Explanation, { kind: 'kept' }>): string {
  const { path, relation } = explanation.nearest;
  return relation === 'sibling'
    ? `kept beside it: ${printable(path)}`
    : `the nearest kept directory: ${printable(path)}`;
}

function renderChains(chains: readonly (readonly ExplainedStep[])[], style: Style): string[] {
  const shown = chains
    .slice(0, shownChains)
    .flatMap((chain, index) => [
      ...(index === 0 ? [] : [style.dim('and also')]),
      ...chain.map(
        (step, depth) =>
          `${'  '.repeat(depth + 1)}${depth === 0 ? '' : `${printable(step.path)}: `}${renderReason(step.reason)}`,
      ),
    ]);
  const more = chains.length - shownChains;
  return more > 0 ? [...shown, style.dim(`and ${more} more (--json has them all)`)] : shown;
}
