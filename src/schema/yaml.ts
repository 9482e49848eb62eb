import {
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';

/** Where something stands in a file: lines and columns are counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value of a YAML document with its place; aliases are resolved, and there are no tags and no merge keys. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface YamlMap {
  readonly kind: 'map';
  readonly at: Position;
  /** As they stand there; no key comes twice. */
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  readonly key: string;
  readonly at: Position;
  readonly value: YamlNode;
}

export interface YamlList {
  readonly kind: 'list';
  readonly at: Position;
  readonly items: readonly YamlNode[];
}

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly at: Position;
  readonly value: string | number | boolean | null;
  /** A text's value; of anything else what is written: `0x10`, `1.50`, and nothing for nothing. */
  readonly text: string;
}

/** One thing that is wrong with a file, in words. */
export interface YamlProblem {
  readonly at: Position;
  readonly message: string;
}

export interface ParsedYaml {
  /** Undefined for a file that says nothing, or when there are problems that leave nothing to read. */
  readonly root: YamlNode | undefined;
  readonly problems: readonly YamlProblem[];
}

/** A file of settings is a few kilobytes; a larger one is a mistake. */
export const maxYamlBytes = 1024 * 1024;

/** So many values, each use of an alias counted: one that doubles itself twenty times over ends here. */
const maxYamlNodes = 50_000;

/** How much is read of a document: settings are small, other files may not be. */
export interface YamlBounds {
  readonly maxBytes: number;
  readonly maxNodes: number;
}

const boundsOfSettings: YamlBounds = { maxBytes: maxYamlBytes, maxNodes: maxYamlNodes };

const maxDepth = 50;

const tooDeep = `values are nested more than ${maxDepth} deep`;

const start: Position = { line: 1, column: 1 };

/** Reads one YAML 1.2 document, trusting nothing. What is wrong is told all at once; never throws. */
export function parseYaml(bytes: Uint8Array, bounds: YamlBounds = boundsOfSettings): ParsedYaml {
  const { maxBytes } = bounds;
  if (bytes.length > maxBytes) return failed(start, `it is larger than ${maxBytes / 1024 / 1024} MiB`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return failed(placeOfBadByte(bytes), 'here is a byte that is not UTF-8');
  }
  const deep = lineTooDeep(text);
  if (deep !== undefined) return failed({ line: deep, column: 1 }, tooDeep);
  const lines = new LineCounter();
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents = parseAllDocuments(text, { ...reading, lineCounter: lines });
  if (!Array.isArray(documents)) return { root: undefined, problems: [] };
  const problems = documents.flatMap(({ errors, warnings }) =>
    [...errors, ...warnings].map(({ code, message, pos }) => ({ at: place(pos[0]), message: inWords(code, message) })),
  );
  const [document, second] = documents;
  if (second !== undefined)
    problems.push({ at: place(second.range[0]), message: 'a second document begins here, and only one is read' });
  if (problems.length > 0 || document === undefined) return { root: undefined, problems };
  return convert(document, place, bounds);
}

/** The parser would compare each key with all before it: a hundred thousand of them would take minutes. `convert` looks itself. */
const reading = { prettyErrors: false, merge: false, version: '1.2', uniqueKeys: false } as const;

const blockIndicators: ReadonlySet<string> = new Set(['seq-item-ind', 'explicit-key-ind', 'map-value-ind']);

/** So far may a line be indented: a level takes a column at least. */
const maxIndent = 4 * maxDepth;

/**
 * The first line that is nested too deep, by its tokens: the parser goes into each level by a call, and a stack that
 * overflows while a regular expression is compiled ends the process.
 */
function lineTooDeep(text: string): number | undefined {
  let line = 1;
  let brackets = 0;
  let indicators = 0;
  let isLineStart = true;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === 'flow-seq-start' || type === 'flow-map-start') brackets += 1;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') brackets -= 1;
    // In a flow collection, indicators don't nest.
    else if (brackets === 0 && type !== null && blockIndicators.has(type)) indicators += 1;
    const isFar = isLineStart && type === 'space' && token.length > maxIndent;
    if (brackets > maxDepth || indicators > maxDepth || isFar) return line;
    const breaks = token.split('\n').length - 1;
    line += breaks;
    isLineStart = breaks > 0;
    if (isLineStart) indicators = 0;
  }
  return undefined;
}

function failed(at: Position, message: string): ParsedYaml {
  return { root: undefined, problems: [{ at, message }] };
}

/** The lines before the first bad byte are good: decoding line by line finds it. */
function placeOfBadByte(bytes: Uint8Array): Position {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, from);
    const upTo = end === -1 ? bytes.length : end;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, upTo));
    } catch {
      return { line, column: 1 };
    }
    from = upTo + 1;
  }
  return start;
}

/** The parser's own words where they suffice. */
function inWords(code: string, message: string): string {
  if (code === 'UNEXPECTED_TOKEN' && message.includes('flow-map-start'))
    return `a { can’t stand here: inside of {…} or […], a value with \${…} is written in quotes, "\${NAME}"`;
  if (code === 'TAB_AS_INDENT') return 'a tab can’t indent a line: write spaces';
  if (code === 'TAG_RESOLVE_FAILED') return `tags such as ${message.replace(/^Unresolved tag: /, '')} are not read`;
  return message;
}

/** What a document holds as plain nodes. Its recursion is bounded by {@link maxDepth}. */
function convert(document: Document.Parsed, place: (offset: number) => Position, { maxNodes }: YamlBounds): ParsedYaml {
  const problems: YamlProblem[] = [];
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  let left = maxNodes;
  const nothing = (at: Position): YamlScalar => ({ kind: 'scalar', at, value: null, text: '' });
  const refuse = (at: Position, message: string): YamlScalar => {
    problems.push({ at, message });
    return nothing(at);
  };
  const visit = (node: Node | null, fallback: Position): YamlNode => {
    const at = node?.range == null ? fallback : place(node.range[0]);
    if (left === 0) return nothing(at);
    left -= 1;
    if (left === 0) return refuse(at, `there are more than ${maxNodes} values up to here, aliases counted where used`);
    if (node === null) return nothing(at);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) return refuse(at, `the alias *${node.source} has no anchor before it`);
      if (open.has(target)) return refuse(at, `the alias *${node.source} holds itself`);
      return visit(target, at);
    }
    if (isScalar(node) || isMap(node) || isSeq(node)) if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) return scalar(node, at);
    if (open.size >= maxDepth) return refuse(at, tooDeep);
    open.add(node);
    const converted = isMap(node) ? map(node, at) : list(isSeq(node) ? (node.items as Node[]) : [], at);
    open.delete(node);
    return converted;
  };
  const list = (items: readonly Node[], at: Position): YamlList => ({
    kind: 'list',
    at,
    items: items.map((item) => visit(item, at)),
  });
  const map = (node: YAMLMap, at: Position): YamlMap => {
    const keys = new Set<string>();
    const entries = node.items.flatMap((pair) => entry(pair as Pair<Node | null, Node | null>, at));
    for (const { key, at: again } of entries) {
      if (keys.has(key)) refuse(again, 'this key is there twice');
      keys.add(key);
    }
    return { kind: 'map', at, entries };
  };
  const entry = ({ key, value }: Pair<Node | null, Node | null>, fallback: Position): YamlEntry[] => {
    const at = key?.range == null ? fallback : place(key.range[0]);
    if (!isScalar(key) || key.value === null) {
      refuse(at, 'a key is a word here');
      return [];
    }
    const { text } = scalar(key, at);
    if (text === '<<') {
      refuse(at, 'merge keys (<<) are not read');
      return [];
    }
    return [{ key: text, at, value: visit(value, at) }];
  };
  const root = document.contents === null ? undefined : visit(document.contents as Node, start);
  return { root, problems };
}

function scalar(node: Scalar, at: Position): YamlScalar {
  const { value, source } = node;
  if (typeof value === 'string') return { kind: 'scalar', at, value, text: value };
  const isPlainValue = typeof value === 'number' || typeof value === 'boolean' || value === null;
  return { kind: 'scalar', at, value: isPlainValue ? value : String(value), text: source ?? '' };
}
