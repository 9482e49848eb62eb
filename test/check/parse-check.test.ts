import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHttpSpec, parsePort, splitCommand } from '../../src/check/parse-check.js';
import { SlimtraceError } from '../../src/errors.js';

describe('parseHttpSpec', () => {
  test.each([
    ['/', { method: 'GET', path: '/', status: undefined }],
    ['/health=204', { method: 'GET', path: '/health', status: 204 }],
    ['POST /login=302', { method: 'POST', path: '/login', status: 302 }],
    ['  HEAD   /x  ', { method: 'HEAD', path: '/x', status: undefined }],
    ['/a=b', { method: 'GET', path: '/a=b', status: undefined }],
    ['/a=1234', { method: 'GET', path: '/a=1234', status: undefined }],
    ['/?q', { method: 'GET', path: '/?q', status: undefined }],
    ['/?q=x=404', { method: 'GET', path: '/?q=x', status: 404 }],
  ])('%s', (text, expected) => {
    expect(parseHttpSpec(text)).toEqual(expected);
  });

  test('a number that a query ends in is the parameter’s, not a status', () => {
    expect(parseHttpSpec('/list?page=100')).toMatchObject({ path: '/list?page=100', status: undefined });
    expect(parseHttpSpec('/list?a=1&page=100')).toMatchObject({ path: '/list?a=1&page=100', status: undefined });
    expect(parseHttpSpec('/list?a=1&page=100=404')).toMatchObject({ path: '/list?a=1&page=100', status: 404 });
  });

  test('what is not ASCII is sent as a browser sends it, instead of failing at each attempt', () => {
    expect(parseHttpSpec('/日本?q=ü').path).toBe('/%E6%97%A5%E6%9C%AC?q=%C3%BC');
    expect(parseHttpSpec('/\ud800').path).toBe('/%EF%BF%BD');
  });

  test.each(['', 'health', 'get /', 'GET', 'GET/x', '/a b', 'POST  login', '/x\n/y'])('%j is refused', (text) => {
    expect(() => parseHttpSpec(text)).toThrow(SlimtraceError);
  });

  test.each(['/=099', '/=600', '/=999'])('%s names no status: it is a path that ends so', (text) => {
    expect(parseHttpSpec(text).status).toBeUndefined();
  });

  test('a hostile argument takes no time', () => {
    const startedMs = performance.now();
    expect(() => parseHttpSpec(`/?${'a&'.repeat(50_000)} =`)).toThrow(SlimtraceError);
    expect(parseHttpSpec(`/${'=200'.repeat(50_000)}x`).status).toBeUndefined();
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

describe('parsePort', () => {
  test('takes 1 to 65535', () => {
    expect([parsePort('1', '--tcp'), parsePort('65535', '--tcp')]).toEqual([1, 65535]);
  });

  test.each(['0', '65536', '-1', '80/tcp', '8e1', ' 80', '', '99999999999'])('%j is refused', (text) => {
    expect(() => parsePort(text, '--tcp')).toThrow('is not a port');
  });
});

describe('splitCommand', () => {
  const split = (text: string) => splitCommand(text, '--exec');

  test.each([
    ['redis-cli ping', ['redis-cli', 'ping']],
    ['  a\t b  ', ['a', 'b']],
    ["sh -c 'echo $HOME | cat; x'", ['sh', '-c', 'echo $HOME | cat; x']],
    ['a "b c" d', ['a', 'b c', 'd']],
    [`a ''`, ['a', '']],
    [`a "" b`, ['a', '', 'b']],
    [`it\\'s`, ["it's"]],
    ['a\\ b', ['a b']],
    [String.raw`"a\"b\\c\$d\e"`, [String.raw`a"b\c$d\e`]],
    [String.raw`'a\b'`, [String.raw`a\b`]],
    [`a"b"'c'd`, ['abcd']],
    ['a \\\n b', ['a', 'b']],
    ['convert in.png -resize 50% \\( x \\) out', ['convert', 'in.png', '-resize', '50%', '(', 'x', ')', 'out']],
    ['keys *', ['keys', '*']],
    ['awk {print}', ['awk', '{print}']],
    ["grep 'a|b' '$x'", ['grep', 'a|b', '$x']],
    ['curl "http://x/?a=1&b=2"', ['curl', 'http://x/?a=1&b=2']],
    ['price 5$', ['price', '5$']],
    ['ü 日本', ['ü', '日本']],
  ])('%s', (text, expected) => {
    expect(split(text)).toEqual(expected);
  });

  test.each([
    'a | b',
    'a|b',
    'a && b',
    'a&&b',
    'a &',
    'a; b',
    'ls;id',
    'a > out',
    'a 2>&1',
    'a <in',
    'echo $HOME',
    'echo $(id)',
    `echo \${x}`,
    'echo `id`',
    'echo "$HOME"',
    'echo "x`id`"',
    '"a"|b',
    '(a)',
    'echo $?',
  ])('%s needs a shell, and is refused instead of passed on as it stands', (text) => {
    expect(() => split(text)).toThrow('needs a shell');
  });

  test.each([
    ["a 'b", 'never closed'],
    ['a "b', 'never closed'],
    ['a \\', 'ends in \\'],
    ['', 'needs a command'],
    ['   ', 'needs a command'],
  ])('%j: %s', (text, problem) => {
    expect(() => split(text)).toThrow(problem);
  });

  test('words quoted for a shell come back as they were', () => {
    const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(0x10ffff)), { minLength: 1 }), (codes) => {
        const words = codes.map((word) => String.fromCodePoint(...word));
        expect(split(words.map(quote).join(' '))).toEqual(words);
      }),
    );
  });
});
