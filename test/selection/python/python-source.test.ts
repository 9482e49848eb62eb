import { expect, test } from 'vitest';
import { parsePythonSource } from '../../../src/selection/python/python-source.ts';

/** Each import as a line: where it stands, dots, module and names. */
function importsOf(source: string): string[] {
  return parsePythonSource(source, { major: 3, minor: 11 }).imports.map(({ module, level, names, place }) => {
    const words = [
      place.isLazy ? 'lazy' : '',
      place.isConditional ? 'if' : '',
      place.isMainProgram ? 'main' : '',
      place.attempt === undefined ? '' : place.attempt.isOptional ? 'optional' : 'required',
      place.fallbackOf === undefined ? '' : 'fallback',
    ].filter((word) => word !== '');
    return `${[...words, ''].join(' ')}${'.'.repeat(level)}${module}${names.length > 0 ? `:${names}` : ''}`;
  });
}

test.each([
  ['import a.b as c, d; import e', ['a.b', 'd', 'e']],
  ['from .x import y, (z)', ['.x:y,z']],
  ['from . import *', ['.:*']],
  ['from ...up.there import (a as b,  # one\n   c,\n)', ['...up.there:a,c']],
  ['from a import b, \\\n  c', ['a:b,c']],
  ['x = "import no"; y = r"\\\\"; import yes', ['yes']],
  ['"""\nimport no\n"""\nimport yes', ['yes']],
  ['f\'{x["a"]}\'\nimport yes', ['yes']],
  ['x = [\n  1,\n]\nimport yes', ['yes']],
  ['#import no\nimport\tyes', ['yes']],
  ['\ufeffimport yes', ['yes']],
  ['async def f():\n  import a\nimport b', ['lazy a', 'b']],
  ['class A:\n  import a\n  def f(self): import b', ['a', 'lazy b']],
  ['def f(x=lambda: 1, *, y: int = {1: 2}) -> "a:b":\n  import a', ['lazy a']],
  ['importlib.import_module("a.b")', ['a.b']],
  ['def f():\n  return import_module(".c", __package__), __import__("d")', ['lazy .c', 'lazy d']],
  ['pkgutil.resolve_name("a.b:c")', ['a.b']],
])('%j', (source, expected) => {
  expect(importsOf(source)).toEqual(expected);
});

test.each([
  ['try: import a\nexcept ImportError: a = None', ['optional a']],
  ['try:\n  import a\nexcept (KeyError, ImportError):\n  raise Sorry', ['required a']],
  ['try:\n  import a\nexcept:\n  import b', ['optional a', 'fallback b']],
  ['try:\n  import a\nexcept KeyError:\n  import b', ['a', 'if b']],
  ['try:\n  import a\nfinally:\n  import b', ['a', 'b']],
  ['try:\n  def f():\n    import a\nexcept ImportError:\n  pass', ['lazy a']],
  ['with contextlib.suppress(ImportError):\n  import a', ['optional a']],
  ['if x:\n  import a\nelif y:\n  import b\nelse:\n  import c', ['if a', 'if b', 'if c']],
  ['if TYPE_CHECKING:\n  import a\nelse:\n  import b', ['b']],
  ['if not typing.TYPE_CHECKING:\n  import a', ['a']],
  ['if sys.platform == "win32":\n  import a\nelif os.name == "nt":\n  import b\nelse:\n  import c', ['c']],
  ['if sys.platform.startswith("linux"):\n  import a\nelse:\n  import b', ['a']],
  ['if sys.version_info >= (3, 8):\n  import a\nelse:\n  import b', ['a']],
  ['if sys.version_info < (3, 12) and x:\n  import a', ['if a']],
  ['if sys.version_info[:2] == (3, 11):\n  import a', ['if a']],
  ['if sys.platform == "win32" and x or y:\n  import a', ['if a']],
  ['if __name__ == "__main__":\n  import a', ['main a']],
])('%j is known to run, or not', (source, expected) => {
  expect(importsOf(source)).toEqual(expected);
});

test('tells names that are made up, encodings and what strings could name', () => {
  const source = [
    '# -*- coding: koi8-r -*-',
    'import_module(f"plugins.{name}")',
    '__import__(prefix + "." + name, globals())',
    'text.encode("idna"); open(path, encoding = "cp1252"); blob.decode(x)',
    'MIDDLEWARE = ["app.middleware.Audit", "app:create", "two words", b"app.bytes"]',
  ].join('\n');
  const { computed, encodings, words } = parsePythonSource(source);
  expect(computed).toEqual(['import_module(f"plugins.{name}")', '__import__(prefix+"."+name)']);
  expect(encodings).toEqual(['idna', 'cp1252', 'koi8-r']);
  expect([...words]).toEqual(['idna', 'cp1252', 'app.middleware.Audit', 'app:create']);
});

test.each([
  ['brackets without end', '('.repeat(200_000)],
  ['quotes without end', '"'.repeat(200_001)],
  ['a string over all lines', `"""${'import a\n'.repeat(50_000)}`],
  ['blocks within blocks', Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}if x:`).join('\n')],
  ['tries without an except', 'try:\n'.repeat(50_000)],
  ['one long line', 'import_module('.repeat(20_000)],
  ['backslashes', '\\\n'.repeat(100_000)],
  ['bytes', Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7919) % 256)).toString('utf8')],
])('%s do no harm', (_, source) => {
  expect(() => parsePythonSource(source)).not.toThrow();
});

test('a bracket that is never closed hides no import below it', () => {
  expect(importsOf('x = (1,\nimport a\ndef f():\n  import b')).toEqual(['a', 'lazy b']);
});
