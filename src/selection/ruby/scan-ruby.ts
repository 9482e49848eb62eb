/** What a Ruby file loads by a constant name. */
export interface RubyReference {
  /** `relative`: from the file's own directory; the others on the load path. */
  readonly kind: 'require' | 'relative' | 'autoload';
  readonly name: string;
}

export interface RubyFacts {
  readonly references: readonly RubyReference[];
  /** Arguments of `require` that are made up while the file runs, cut. */
  readonly computed: readonly string[];
}

const maxLineLength = 2000;
const maxReferences = 5000;

/**
 * The `require`, `load`, `require_relative` and `autoload` of a Ruby file, in methods too. By lines, comments and what is
 * behind `__END__` left out: a text that only looks like one leads nowhere. Linear; never throws.
 */
export function scanRuby(text: string): RubyFacts {
  const references = new Map<string, RubyReference>();
  const computed = new Set<string>();
  let isComment = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('__END__')) break;
    if (line.startsWith('=begin')) isComment = true;
    if (line.startsWith('=end')) isComment = false;
    if (isComment || line.length > maxLineLength || /^\s*#/.test(line)) continue;
    for (const reference of referencesOf(line)) references.set(`${reference.kind} ${reference.name}`, reference);
    const [, expression] =
      /^\s*(?:require|load)[ (]\s*(?=[a-z_@]|"[^"]*#\{)("[^"]{1,80}"|[^#;]{1,80})/.exec(line) ?? [];
    if (expression !== undefined && !/^(?:File\b|true|false)/.test(expression)) computed.add(expression.trim());
    if (references.size + computed.size > maxReferences) break;
  }
  return { references: [...references.values()], computed: [...computed] };
}

function* referencesOf(line: string): Generator<RubyReference> {
  if (!/require|load/.test(line)) return;
  for (const match of line.matchAll(/(?<![\w.:@$])(require|load|require_relative)[ (]\s*(["'])([^"'#\n]+)\2/g)) {
    yield { kind: match[1] === 'require_relative' ? 'relative' : 'require', name: match[3] ?? '' };
  }
  for (const match of line.matchAll(/(?<![\w@$])autoload[ (]\s*(?::\w+|["']\w+["'])\s*,\s*(["'])([^"'#\n]+)\1/g)) {
    yield { kind: 'autoload', name: match[2] ?? '' };
  }
  // `require File.expand_path("../x", __FILE__)`, `require File.join(__dir__, "x")`, `autoload :X, "#{__dir__}/x"`
  for (const match of line.matchAll(/File\.expand_path\(?\s*(["'])([^"'#\n]+)\1\s*,\s*(__FILE__|__dir__)/g)) {
    const name = match[2] ?? '';
    yield { kind: 'relative', name: match[3] === '__FILE__' ? name.replace(/^\.\.(?:\/|$)/, './') : name };
  }
  for (const match of line.matchAll(/File\.join\(?\s*__dir__\s*,\s*(["'])([^"'#\n]+)\1/g)) {
    yield { kind: 'relative', name: match[2] ?? '' };
  }
  for (const match of line.matchAll(/"#\{__dir__\}\/([^"'#\n]+)"/g)) yield { kind: 'relative', name: match[1] ?? '' };
}
