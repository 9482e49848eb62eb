import { describe, expect, test } from 'vitest';
import { scanJavaScript } from '../../../src/selection/node/scan-javascript.ts';

/** Each reference in a line: `require ms`, `require ms?` when it is optional, `import ./locale/…` when only its beginning is known. */
function scanned(text: string): readonly string[] {
  return scanJavaScript(text).references.map(({ kind, text: name, isWhole, isOptional }) => {
    const shown = name.replace('\u0000', '<directory>').replace('\u0001', '<file>').replace('\u0002', '<working>');
    return `${kind} ${shown}${isWhole ? '' : '…'}${isOptional ? '?' : ''}`;
  });
}

describe('what JavaScript names', () => {
  test.each([
    ['require("a")', ['require a']],
    ["function f() { return require('a/b') }", ['require a/b']],
    ['require(`a`)', ['require a']],
    ['require.resolve("a")', ['require a']],
    ['module.require("a")', ['require a']],
    ['(0, helpers.wild)(require("a"))', ['require a']],
    ['import x, { y } from "a"', ['import a']],
    ['import{x}from"a";import"b"', ['import a', 'import b']],
    ['import "a"', ['import a']],
    ['export * from "a"; export { b } from "c"', ['import a', 'import c']],
    ['const x = await import("a")', ['import a']],
    ['import.meta.resolve("a")', ['import a']],
    ['const load = createRequire(import.meta.url); load("a")', ['require a']],
    ['import m from "m"; const r = m.createRequire(__filename); r("a")', ['import m', 'require a']],
    ['createRequire(import.meta.url)("a")', ['require a']],
    ['try { require("a") } catch {} require("b")', ['require a?', 'require b']],
    ['try { require("a") } catch {} require("a")', ['require a']],
    ['require(x ? "./a" : "./b")', ['require ./a', 'require ./b']],
    ['require("./" + "a" + ".js")', ['require ./a.js']],
    ['const name = "a"; require(name)', ['require a']],
  ])('%s', (text, expected) => {
    expect(scanned(text)).toEqual(expected);
  });

  test.each([
    ['path.join(__dirname, "views", "a.html")', ['file <directory>/views/a.html']],
    ['(0, path_1.join)(__dirname, "views", name)', ['file <directory>/views/…']],
    ['fs.readFileSync(__dirname + "/a.txt")', ['file <directory>/a.txt']],
    ['fs.readFileSync(`' + '$' + '{__dirname}/a.txt`)', ['file <directory>/a.txt']],
    ['const here = path.dirname(fileURLToPath(import.meta.url)); join(here, "a")', ['file <directory>/a']],
    ['new URL("./a.bin", import.meta.url)', ['file <directory>/./a.bin']],
    ['new URL("https://example.org/a", import.meta.url)', []],
    ['path.join(import.meta.dirname, "a")', ['file <directory>/a']],
    ['path.resolve(process.cwd(), "views")', ['file <working>/views']],
    ['path.resolve("lib")', []],
    ['["a", "b"].join("/")', []],
    ['new Worker("./job.js")', ['script ./job.js']],
    ['const mod = "addon.node"', ['beside addon.node']],
  ])('%s is a file', (text, expected) => {
    expect(scanned(text)).toEqual(expected);
  });

  test.each([
    ['// require("a")'],
    ['/* require("a") */'],
    ['#!/usr/bin/env node require("a")'],
    ['"require(\\"a\\")"'],
    ['`require("a")`'],
    ['var r = /require("a")/'],
    ['if (x) /require("a")/.test(y)'],
    ['return /"/; '],
    ['loader.require("a")'],
    ['requires("a")'],
    ['__webpack_require__("a")'],
    ['require(12)'],
    ['x = { from: "a" }'],
  ])('%s names nothing', (text) => {
    expect(scanned(text)).toEqual([]);
    expect(scanned(`${text}\n;require("seen")`), 'what comes after is still understood').toEqual(['require seen']);
  });

  test.each([
    ['a / require("b") / 2', ['require b']],
    ['(a) / require("b") / 2', ['require b']],
    ['a++ / require("b") / 2', ['require b']],
    ['x = {}/require("b")/2', ['require b']],
    ['`' + '$' + '{`' + '$' + '{require("a")}`}` + require("b")', ['require a', 'require b']],
    ["var s = 'it\\'s'; require('b')", ['require b']],
    ["var s = 'unclosed\nrequire('b')", ['require b']],
    ['function f(){}/"/.test(x);require("b")', ['require b']],
  ])('%s is no regular expression, or ends where it should', (text, expected) => {
    expect(scanned(text)).toEqual(expected);
  });

  test('a name that is made up at run time is told with its expression, and with what it begins with', () => {
    const facts = scanJavaScript(`require(name); import(\`./locale/$${'{'}language}.js\`); require("a-" + b, c)`);
    expect(facts.computed).toEqual([
      { loader: 'require', expression: 'name' },
      { loader: 'import()', expression: `\`./locale/$${'{'}language}.js\`` },
      { loader: 'require', expression: '"a-" + b' },
    ]);
    expect(facts.references.filter(({ isWhole }) => !isWhole).map(({ text }) => text)).toEqual(['./locale/', 'a-']);
  });

  test('a name with two values is no constant', () => {
    expect(scanned('var n = "a"; n = "b"; require(n)')).toEqual([]);
  });

  test.each([
    ['open parentheses', 'join('.repeat(30_000)],
    ['open templates', `\`$${'{'}`.repeat(30_000)],
    ['regular expressions without an end', `=/[`.repeat(30_000)],
    ['assignments', 'a='.repeat(30_000)],
    ['calls of require', 'require('.repeat(30_000)],
    ['long strings', `require("${'a'.repeat(1_000_000)}")`],
    ['NULs and halves of surrogates', '\0\ud800"\u2028`'.repeat(20_000)],
  ])('%s neither throw nor take long', (_what, text) => {
    expect(scanJavaScript(text).references).toEqual([]);
  });
});
