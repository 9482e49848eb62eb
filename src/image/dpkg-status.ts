/** One stanza of dpkg's status file. */
export interface DpkgStanza {
  /** Field names in lower case; continuation lines are part of the value, with their line breaks. */
  readonly fields: ReadonlyMap<string, string>;
  /** The stanza as it is written, without the line break at its end. */
  readonly text: string;
}

/** Parses dpkg's status file (deb-control(5), dpkg(1) `/var/lib/dpkg/status`). What isn't a field is passed over. */
export function parseDpkgStatus(text: string): readonly DpkgStanza[] {
  return text
    .split(/\n(?:[ \t]*\n)+/)
    .map((stanza) => stanza.replace(/^\n+|\n+$/g, ''))
    .filter((stanza) => stanza !== '')
    .map((stanza) => ({ fields: fieldsOf(stanza), text: stanza }));
}

function fieldsOf(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of stanza.split('\n')) {
    const [, name, value = ''] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (/^[ \t]/.test(line) && last !== undefined) fields.set(last, `${fields.get(last) ?? ''}\n${line}`);
    else if (name !== undefined) {
      last = name.toLowerCase();
      fields.set(last, value);
    }
  }
  return fields;
}
