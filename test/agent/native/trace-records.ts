/** The records of a trace file, read independently of the product's own parser; paths are byte strings in latin1. */
export type TraceRecords = {
  readonly header: string;
  readonly state: string;
  readonly programs: ReadonlyMap<number, string>;
  readonly touched: readonly Touched[];
  readonly resolved: readonly Resolved[];
  readonly lost: readonly { readonly reason: string; readonly detail: string }[];
  readonly deaths: readonly string[];
  readonly ends: readonly string[];
  /** `ARCHITECTURE NUMBER`, in the order of a full trace's records. */
  readonly syscalls: readonly string[];
};

export type Touched = { readonly program: number; readonly access: string; readonly path: string };
export type Resolved = Touched & { readonly named: string };

type Building = {
  programs: Map<number, string>;
  touched: Touched[];
  resolved: Resolved[];
  lost: { reason: string; detail: string }[];
  deaths: string[];
  ends: string[];
  syscalls: string[];
};

/** Parses a whole trace file; throws on anything the format does not allow. */
export function parseTraceRecords(content: Buffer): TraceRecords {
  const fields = content.toString('latin1').split('\0');
  if (fields.pop() !== '') throw new Error('the trace does not end with a whole record');
  const header = fields.shift() ?? '';
  const state = /^slimtrace-trace 1 (?:x86_64|aarch64) (?:init|exec) state=(ok|lost|dead) {0,2}$/.exec(header)?.[1];
  if (state === undefined) throw new Error(`not a trace header: ${header}`);
  const built: Building = {
    programs: new Map(),
    touched: [],
    resolved: [],
    lost: [],
    deaths: [],
    ends: [],
    syscalls: [],
  };
  const next = () => {
    const field = fields[at++];
    if (field === undefined) throw new Error('the trace ends within a record');
    return field;
  };
  let at = 0;
  while (at < fields.length) addRecord(built, next(), next);
  return { header, state, ...built };
}

function addRecord(built: Building, head: string, next: () => string): void {
  const [kind = '', first = '', second = ''] = head.split(' ');
  const program = Number(first);
  const detail = head.slice(2);
  if (kind === 'P') built.programs.set(program, next());
  else if (kind === 'T') built.touched.push({ program, access: second, path: next() });
  else if (kind === 'R') built.resolved.push({ program, access: second, path: next(), named: next() });
  else if (kind === 'S') built.syscalls.push(detail);
  else if (kind === 'L') built.lost.push({ reason: detail, detail: next() });
  else if (kind === 'D') built.deaths.push(detail);
  else if (kind === 'E') built.ends.push(detail);
  else throw new Error(`not a trace record: ${head}`);
}

/** What a test program said it expects (test/agent/programs/expect.h), against what was recorded: the differences, readable. */
export function differencesFromExpected(expectations: string, records: TraceRecords): string[] {
  const touched = new Set(records.touched.map(({ access, path }) => `${access} ${path}`));
  const resolved = new Set(records.resolved.map(({ access, path, named }) => `${access} ${path} <- ${named}`));
  const paths = new Set([...records.touched, ...records.resolved].map(({ path }) => path));
  return expectations
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [kind = '', ...fields] = line.split('\t').map(unescapeBytes);
      const [first = '', second = '', third = ''] = fields;
      if (kind === 'T') return touched.has(`${first} ${second}`) ? [] : [`not recorded: ${line}`];
      if (kind === 'R') return resolved.has(`${first} ${second} <- ${third}`) ? [] : [`not resolved: ${line}`];
      if (kind === 'N') return paths.has(first) ? [`recorded: ${line}`] : [];
      return [`not an expectation: ${line}`];
    });
}

function unescapeBytes(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
