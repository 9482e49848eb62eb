import type { Emit, Phase, ProgressEvent } from '../events.js';
import { formatSeconds, printable } from '../report/format.js';
import { type Host, styleFor } from './terminal.js';

/** What each phase does, as a user reads it. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  read: 'read the archive',
  open: 'list the files of the image',
  baseline: 'run the original',
  trace: 'run it under the trace',
  select: 'select what is needed',
  build: 'build the slim image',
  verify: 'run the slim image',
};

const redrawMs = 100;

/** Progress on stderr: redrawn in place on a terminal, one plain line per event elsewhere, nothing when quiet. */
export interface Progress extends Disposable {
  readonly emit: Emit;
}

export function openProgress(host: Host, isQuiet: boolean): Progress {
  if (isQuiet) return { emit: () => {}, [Symbol.dispose]: () => {} };
  return host.stderr.isTTY && host.env.TERM !== 'dumb' ? liveProgress(host) : plainProgress(host);
}

/** Progress in plain lines, for a terminal that something else writes to as well. */
export function openPlainProgress(host: Host, isQuiet: boolean): Progress {
  return isQuiet ? openProgress(host, isQuiet) : plainProgress(host);
}

function plainProgress(host: Host): Progress {
  return {
    emit: (event) => {
      const line = describeEvent(event);
      if (line !== undefined) host.stderr.write(`${line}\n`);
    },
    [Symbol.dispose]: () => {},
  };
}

export function describeEvent(event: ProgressEvent): string | undefined {
  switch (event.kind) {
    case 'phase-started':
    case 'phase-progress':
      return undefined;
    case 'phase-finished':
      return `${phaseWords[event.phase]}: ${printable(event.detail)} (${formatSeconds(event.durationMs)})`;
    case 'note':
      return printable(event.message);
    case 'warning':
      return `warning: ${printable(event.message)}`;
  }
}

/** Phases run side by side: those under way share the last line, which is redrawn; finished ones scroll up. */
function liveProgress(host: Host): Progress {
  const style = styleFor(host.stderr, host.env);
  const running = new Map<Phase, number>();
  const draw = () => {
    const text = [...running]
      .map(([phase, startedMs]) => `${phaseWords[phase]} ${formatSeconds(performance.now() - startedMs)}`)
      .join(' · ');
    host.stderr.write(`\r\u001b[2K${style.dim(text.slice(0, (host.stderr.columns ?? 80) - 1))}`);
  };
  const timer = setInterval(draw, redrawMs);
  timer.unref();
  return {
    emit: (event) => {
      if (event.kind === 'phase-started') running.set(event.phase, performance.now());
      if (event.kind === 'phase-finished') running.delete(event.phase);
      const line = describeEvent(event);
      if (line !== undefined)
        host.stderr.write(
          `\r\u001b[2K${event.kind === 'phase-finished' ? style.green('✓') : style.dim('·')} ${line}\n`,
        );
      if (running.size > 0) draw();
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      host.stderr.write('\r\u001b[2K');
    },
  };
}
