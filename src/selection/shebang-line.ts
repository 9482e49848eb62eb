/** The kernel looks no further than this for the end of the line (BINPRM_BUF_SIZE, include/uapi/linux/binfmts.h). */
const maxLineBytes = 256;

export interface ShebangLine {
  /** Without the `#!`, trimmed. */
  readonly line: string;
  readonly interpreter: string;
  /** The program that an `env` interpreter will look for in PATH. */
  readonly program?: string;
}

/** The first line of a script, from the first bytes of a file; undefined when it isn't one. */
export function parseShebang(
  head: Uint8Array,
  variable: (name: string) => string | undefined = () => undefined,
): ShebangLine | undefined {
  if (head[0] !== 0x23 || head[1] !== 0x21) return undefined;
  const text = Buffer.from(head.subarray(2, maxLineBytes)).toString('utf8');
  const line = (text.split(/[\n\0]/, 1)[0] ?? '').trim();
  const [, interpreter, rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
  if (interpreter === undefined) return undefined;
  const program = /(?:^|\/)env$/.test(interpreter) ? programOfEnv(rest, variable) : undefined;
  return { line, interpreter, ...(program === undefined ? {} : { program }) };
}

/** What env(1) will execute: the first word that is neither an option nor an assignment. */
function programOfEnv(rest: string, variable: (name: string) => string | undefined): string | undefined {
  // The kernel hands over one argument; `-S` makes env split it. Others are split here too: a word too many is safe.
  const words = splitWords(rest.replace(/^(?:-[iv0]*S\s*|--split-string(?:=|\s+))/, ''), variable);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (/^-(?:u|C|-unset|-chdir)$/.test(word)) at += 1;
    else if (/^-[ivS0]*S$/.test(word) || word.startsWith('-') || /^[A-Za-z_]\w*=/.test(word)) continue;
    else return word;
  }
  return undefined;
}

/** Words as `env -S` splits them: quotes, `\_` for a space, `${NAME}`. */
function splitWords(text: string, variable: (name: string) => string | undefined): readonly string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word
      .replace(/\$\{(\w+)\}/g, (_, name: string) => variable(name) ?? '')
      .replace(/\\_/g, ' ')
      .replace(/["']|\\(?=.)/g, ''),
  );
}
