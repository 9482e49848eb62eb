import { SlimtraceError } from '../errors.js';
import { decodePathBytes } from '../image/path.js';
import { isSyscallArchitecture, nameSyscall } from './syscall-names.js';
import { type AccessKind, accessKinds, type Touched, type TracedRun } from './trace.js';

/** What one agent recorded. */
export interface RecordedRun {
  readonly end: TracedRun['end'];
  readonly paths: readonly Touched[];
  /** Of a full trace, as in {@link Trace}. */
  readonly syscalls?: readonly string[];
}

const knownAccesses: ReadonlySet<string> = new Set(accessKinds);

interface Touches {
  readonly accesses: Set<AccessKind>;
  readonly programs: Set<string>;
  readonly reachedThrough: Set<string>;
}

/**
 * Parses the file the agent's `trace` writes (format: src/agent/native/trace-file.h). Comes from inside a container, so
 * nothing in it is trusted. Throws `trace-incomplete` when the trace can't vouch for itself.
 *
 * @param isEndDue the traced command ended by itself: its end must be in the trace
 */
export function parseRecordedRun(bytes: Uint8Array, isEndDue: boolean): RecordedRun {
  const fields = splitFields(bytes);
  const header = /^slimtrace-trace 1 (?:x86_64|aarch64) (?:init|exec) state=(ok|lost|dead) *$/.exec(
    fields.next().value ?? '',
  );
  if (header === null) throw incomplete('it has no header');
  const programs = new Map<string, string>();
  const touched = new Map<string, Touches>();
  const syscalls = new Set<string>();
  const lost: string[] = [];
  let end: RecordedRun['end'] | undefined;
  for (const head of fields) {
    const [letter, first = '', second = ''] = head.split(' ');
    if (letter === 'P') programs.set(first, nextField(fields));
    else if (letter === 'T') touch(touched, nextField(fields), second, programs.get(first));
    else if (letter === 'R') {
      const touches = touch(touched, nextField(fields), second, programs.get(first));
      touches.reachedThrough.add(nextField(fields));
    } else if (letter === 'S') syscalls.add(readSyscall(first, second));
    else if (letter === 'L') lost.push(`${first}: ${nextField(fields)}`);
    else if (letter === 'D') lost.push(`the tracer ended early (${first})`);
    else if (letter === 'E') end = first === 'exit' || end === 'exit' ? 'exit' : 'no-process-left';
    else throw incomplete(`it holds an unknown record ${JSON.stringify(head.slice(0, 40))}`);
  }
  if (header[1] !== 'ok' || lost.length > 0) throw incomplete(lost.join('; ') || `its state is "${header[1]}"`);
  if (end === undefined && isEndDue) throw incomplete('the end of the run is missing from it');
  const paths = [...touched].map(([path, touches]) => toTouched(path, touches));
  return { end: end ?? 'signal', paths, ...(syscalls.size === 0 ? {} : { syscalls: [...syscalls].sort() }) };
}

function readSyscall(architecture: string, number: string): string {
  if (!isSyscallArchitecture(architecture) || !/^\d{1,3}$/.test(number))
    throw incomplete(`it names no system call: ${JSON.stringify(`${architecture} ${number}`.slice(0, 40))}`);
  return nameSyscall(architecture, Number(number));
}

function touch(touched: Map<string, Touches>, path: string, access: string, program: string | undefined): Touches {
  if (!path.startsWith('/'))
    throw incomplete(`it names a path that is not absolute: ${JSON.stringify(path.slice(0, 100))}`);
  let touches = touched.get(path);
  if (touches === undefined) {
    touches = { accesses: new Set(), programs: new Set(), reachedThrough: new Set() };
    touched.set(path, touches);
  }
  touches.accesses.add(knownAccesses.has(access) ? (access as AccessKind) : 'other');
  if (program !== undefined) touches.programs.add(program);
  return touches;
}

function toTouched(path: string, touches: Touches): Touched {
  return {
    path,
    accesses: [...touches.accesses].sort(),
    programs: [...touches.programs].sort(),
    ...(touches.reachedThrough.size === 0 ? {} : { reachedThrough: [...touches.reachedThrough].sort() }),
  };
}

function* splitFields(bytes: Uint8Array): Generator<string, undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < buffer.length) {
    const end = buffer.indexOf(0, at);
    // A record is written whole, with one write(2): a torn one means that the disk filled up.
    if (end === -1) throw incomplete('its last record is cut');
    yield decodePathBytes(buffer.subarray(at, end));
    at = end + 1;
  }
  return undefined;
}

function nextField(fields: Generator<string, undefined>): string {
  const field = fields.next();
  if (field.done) throw incomplete('its last record is cut');
  return field.value;
}

function incomplete(reason: string): SlimtraceError {
  return new SlimtraceError('trace-incomplete', { reason });
}
