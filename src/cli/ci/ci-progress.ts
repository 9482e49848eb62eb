import type { Emit, Phase } from '../../events.js';
import { outcomeWords } from '../../report/ci/ci-human.js';
import type { CiImage } from '../../report/ci/ci-report.js';
import { formatSeconds, printable } from '../../report/format.js';
import { describeEvent, phaseWords } from '../progress.js';
import { type Host, styleFor } from '../terminal.js';

/** Progress of several images on stderr: a redrawn line each on a terminal, plain lines that begin with the key elsewhere. */
export interface CiProgress extends Disposable {
  /** Where the progress of one image goes. */
  emitOf(name: string): Emit;
  /** Said of the run as a whole. */
  warn(message: string): void;
  ended(image: CiImage): void;
}

/** Nothing with `isQuiet`; `isPlain`: lines on a terminal too, as something else writes there. */
export function openCiProgress(
  host: Host,
  {
    isQuiet,
    isPlain = false,
    total,
  }: { readonly isQuiet: boolean; readonly isPlain?: boolean; readonly total: number },
): CiProgress {
  if (isQuiet) return { emitOf: () => () => {}, warn: () => {}, ended: () => {}, [Symbol.dispose]: () => {} };
  return host.stderr.isTTY && !isPlain && host.env.TERM !== 'dumb'
    ? liveProgress(host, total)
    : plainProgress(host, total);
}

/** What every image's engine says is said once. */
function once(write: (line: string) => void): (line: string, ofEngine: string | undefined) => void {
  const said = new Set<string>();
  return (line, ofEngine) => {
    if (ofEngine === undefined) write(line);
    else if (!said.has(ofEngine)) write(ofEngine);
    if (ofEngine !== undefined) said.add(ofEngine);
  };
}

function plainProgress(host: Host, total: number): CiProgress {
  let ended = 0;
  const write = once((line) => host.stderr.write(`${line}\n`));
  return {
    emitOf: (name) => (event) => {
      const line = describeEvent(event);
      if (line !== undefined) write(`${printable(name)}: ${line}`, line.startsWith('engine: ') ? line : undefined);
    },
    warn: (message) => void host.stderr.write(`warning: ${printable(message)}\n`),
    ended(image) {
      ended += 1;
      host.stderr.write(`${describeEnd(image)} (${ended} of ${total})\n`);
    },
    [Symbol.dispose]: () => {},
  };
}

const redrawMs = 100;
/** What has scrolled off the screen can't be redrawn. */
const mostLines = 16;

interface Line {
  readonly startedMs: number;
  readonly phases: Map<Phase, number>;
}

/** The lines of the images under way stand below what scrolls by: outcomes and warnings. */
function liveProgress(host: Host, total: number): CiProgress {
  const style = styleFor(host.stderr, host.env);
  const lines = new Map<string, Line>();
  let drawn = 0;
  let ended = 0;
  const clear = () => (drawn === 0 ? '' : `\u001b[${drawn}A\r\u001b[J`);
  const draw = (above = '') => {
    const width = (host.stderr.columns || 80) - 1;
    const first = [...lines].slice(0, mostLines).map(([name, line]) => renderLine(name, line));
    const more = lines.size > mostLines ? `, ${lines.size - mostLines} more under way` : '';
    const all = lines.size === 0 ? [] : [...first, `${ended} of ${total} images done${more}`];
    const shown = all.map((line) => style.dim(line.slice(0, width)));
    host.stderr.write(`${clear()}${above}${shown.map((line) => `${line}\n`).join('')}`);
    drawn = shown.length;
  };
  const timer = setInterval(draw, redrawMs);
  timer.unref();
  return {
    emitOf: (name) => (event) => {
      const line = lines.get(name) ?? { startedMs: performance.now(), phases: new Map() };
      lines.set(name, line);
      if (event.kind === 'phase-started') line.phases.set(event.phase, performance.now());
      if (event.kind === 'phase-finished') line.phases.delete(event.phase);
      if (event.kind === 'warning') draw(`${style.dim('·')} ${printable(name)}: ${describeEvent(event)}\n`);
    },
    warn: (message) => draw(`${style.dim('·')} warning: ${printable(message)}\n`),
    ended(image) {
      lines.delete(image.name);
      ended += 1;
      const mark = image.outcome === 'passed' ? style.green('✓') : style.red('✗');
      draw(`${mark} ${describeEnd(image)}\n`);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      host.stderr.write(clear());
    },
  };
}

function describeEnd(image: CiImage): string {
  const time = image.isResumed ? '' : ` (${formatSeconds(image.durationMs)})`;
  return `${printable(image.name)}: ${outcomeWords(image)}${time}`;
}

function renderLine(name: string, { startedMs, phases }: Line): string {
  const since = (ms: number) => formatSeconds(performance.now() - ms);
  const doing = [...phases].map(([phase, ms]) => `${phaseWords[phase]} ${since(ms)}`).join(' · ');
  return `  ${printable(name)} ${since(startedMs)}${doing === '' ? '' : `: ${doing}`}`;
}
