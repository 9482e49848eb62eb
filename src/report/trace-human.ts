import { formatAmount } from '../amount.js';
import type { Trace, TracedRun } from '../trace/trace.js';
import { printable } from './format.js';
import type { Style } from './style.js';

/** As many runs as one looks at; a suite may execute hundreds of commands. */
const shownRuns = 30;
const longestCommand = 60;

/** Which runs a trace is of, and what each of them brought, for people; ends with a newline. */
export function renderTraceSummary(trace: Trace, style: Style): string {
  const { reference, id } = trace.image;
  const counts = trace.runs.map(() => ({ paths: 0, own: 0 }));
  for (const { runs } of trace.paths) {
    for (const run of runs) {
      const count = counts[run];
      if (count === undefined) continue;
      count.paths++;
      if (runs.length === 1) count.own++;
    }
  }
  const rows = trace.runs.slice(0, shownRuns).map((run, index) => {
    const { paths = 0, own = 0 } = counts[index] ?? {};
    return `  ${describeRun(run)}: ${formatAmount(paths, 'path')}, ${own === 0 ? 'none' : own} that no other run touched`;
  });
  const more = trace.runs.length - rows.length;
  const head = `${printable(reference ?? id)}: ${formatAmount(trace.paths.length, 'path')} in ${formatAmount(trace.runs.length, 'run')}`;
  return `${[style.bold(head), ...rows, ...(more > 0 ? [`  and ${formatAmount(more, 'more run')}`] : [])].join('\n')}\n`;
}

function describeRun({ collection, scenario, mode, command }: TracedRun): string {
  const line = command.join(' ');
  const shown = line.length > longestCommand ? `${line.slice(0, longestCommand)}…` : line;
  const words = [collection?.name, scenario, `${mode === 'exec' ? 'exec ' : ''}${shown}`];
  return words.flatMap((word) => (word === undefined ? [] : printable(word))).join(' · ');
}
