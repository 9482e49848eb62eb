/** One stanza of dpkg's status file. */
export interface DpkgStanza {
  /** Field names in lower case; continuation lines are part of the value, with their line breaks. */
  readonly fields: ReadonlyMap<string, string>;
  /** The stanza as it is written, without the line break at its end. */
  readonly text: string;
}

/** Parses dpkg's status file (deb-control(5), dpkg(1) `/var/lib/dpkg/status`). What isn't a field is passed over. */
export function parseDpkgStatus(text: string): readonly DpkgStanza[] {
  const stanzas: DpkgStanza[] = [];
  let start: number | undefined;
  let stop = 0;
  const close = () => {
    if (start === undefined) return;
    const stanza = text.slice(start, stop);
    stanzas.push({ fields: fieldsOf(stanza), text: stanza });
    start = undefined;
  };
  for (const { from, to, line } of linesOf(text)) {
    if (isBlank(line)) close();
    else {
      start ??= from;
      stop = to;
    }
  }
  close();
  return stanzas;
}

interface Line {
  readonly from: number;
  readonly to: number;
  readonly line: string;
}

/** One at a time: a hostile database is nothing but lines. */
function* linesOf(text: string): Generator<Line> {
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf('\n', from);
    const to = found === -1 ? text.length : found;
    yield { from, to, line: text.slice(from, to) };
    from = to + 1;
  }
}

function isBlank(line: string): boolean {
  return !/[^ \t]/.test(line);
}

function fieldsOf(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let open: { readonly name: string; readonly from: number; to: number } | undefined;
  const close = () => {
    if (open !== undefined) fields.set(open.name, stanza.slice(open.from, open.to));
    open = undefined;
  };
  for (const { to, line } of linesOf(stanza)) {
    if (/^[ \t]/.test(line)) {
      if (open !== undefined) open.to = to;
      continue;
    }
    close();
    const [, name, value = ''] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined) open = { name: name.toLowerCase(), from: to - value.length, to };
  }
  close();
  return fields;
}
