import { describe, expect, it } from 'vitest';
import { parseShell } from '../../../src/selection/shell/parse-shell.js';

/** The first words of all commands, an expansion as `$`. */
const namesOf = (text: string) =>
  parseShell(text).commands.flatMap(({ words: [name] }) => (name === undefined ? [] : [name.text || '$']));

describe('parseShell', () => {
  it.each([
    ['lists and pipelines', 'a x && b || c; d | e & f\n! g', ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
    ['branches', 'if a; then b; elif c; then d; else e; fi; f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['loops', 'while a; do b; done; until c\ndo d; done\nfor x in y z; do e; done', ['a', 'b', 'c', 'd', 'for', 'e']],
    ['a loop over the arguments', 'for i do a; done', ['for', 'a']],
    ['substitutions in arithmetic', 'x=$(( $(a | b) % 3 ))', ['a', 'b']],
    ['assignments to elements', `a[0]=x; a[\${#a[@]}]=$(b)`, ['b']],
    ['loops of numbers', 'for ((i=0; i<<2 < 8; i++)); do a; done', ['for', 'a']],
    [
      'cases',
      'case "$1" in start|"re start") a;; (stop) b ;& *) case x in y) c;; esac; d; esac; e',
      ['a', 'b', 'c', 'd', 'e'],
    ],
    ['a case in a substitution', 'x=$(case y in z) a;; esac); b', ['a', 'b']],
    ['groups', '{ a; b; }; (c; (d) | e)', ['a', 'b', 'c', 'd', 'e']],
    ['functions', 'f() { a; }\nfunction g { b; }\nfunction h () { c; }\nf', ['a', 'b', 'c', 'f']],
    [
      'substitutions',
      `x=$(a "$(b \`c\`)") ; echo "\`d \\\`e\\\`\`" \${y:-$(f)}`,
      ['c', 'b', 'a', 'e', 'd', 'f', 'echo'],
    ],
    ['process substitution', 'a <(b) > >(c)', ['b', 'c', 'a']],
    ['assignments first', 'A=1 B="$(a)" b C=2', ['a', 'b']],
    ['arrays', 'A=(x "y z" # no) \n w); A+=(v) ; a', ['a']],
    ['arithmetic', 'a $((1 << 2)) $(( (3) )); ((b << 1)); c', ['a', 'c']],
    ['a subshell that begins like arithmetic', '$( (a); b); ((c) ; d)', ['a', 'b', '$', 'c', 'd']],
    ['conditionals', '[[ $x =~ ^(a|b)$ && -f c ]] && d', ['d']],
    ['comments and escapes', 'a # b; c\nd \\\n e # "\nf\\ g h#i', ['a', 'd', 'f g']],
    ['quotes', `'a b' "c'd" $'e\\'f' ; g`, ['a b', 'g']],
    ['redirections', '2>/dev/null a >b 2>&1 <<<"c" &>d; {fd}>e f', ['a', 'f']],
  ])('finds the commands of %s', (_, text, names) => {
    expect(namesOf(text)).toEqual(names);
  });

  it('a here-document is no command, but what it substitutes is', () => {
    expect(namesOf("cat <<E1 <<-'E2'; b\nc $(d)\nE1\n\te $(f)\n\tE2\ng")).toEqual(['cat', 'b', 'd', 'g']);
  });

  it('tells what is known of a word', () => {
    const [command] = parseShell(`a "$x" \${y:-z} "$(b)/lib.sh" *.sh --c='d'`).commands.slice(-1);
    expect(command?.words.slice(1)).toMatchObject([
      { variable: 'x' },
      { variable: 'y', fallback: 'z' },
      { text: '/lib.sh', tail: '/lib.sh', isLiteral: false },
      { text: '*.sh', isLiteral: false },
      { text: '--c=d', isLiteral: true },
    ]);
  });

  it('remembers functions and what variables are set to', () => {
    const { functions, commands } = parseShell('log() { :; }\nCMD=redis-server\nexport PATH=/opt/bin:$PATH A=(b c)');
    expect([...functions]).toEqual(['log']);
    expect(commands.flatMap(({ assignments }) => assignments.map(({ name, value }) => [name, value.text]))).toEqual([
      ['CMD', 'redis-server'],
      ['PATH', '/opt/bin:'],
      ['A', 'b'],
      ['A', 'c'],
    ]);
  });

  it.each([
    '$(',
    '`',
    '"',
    "'",
    '${',
    '((',
    '<<',
    '[[ ',
    'case x in ',
    '{ ',
    'a=(',
    '\\',
    '$((',
    '<(',
    '"${',
    '`\\`',
    'x(',
  ])('half a million characters of %j end, and throw nothing', (piece) => {
    expect(() => parseShell(piece.repeat(500_000 / piece.length))).not.toThrow();
  });
});
