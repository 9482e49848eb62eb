import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parsePythonSource } from '../../../src/selection/python/python-source.ts';

// Python's own parser says what each module of its standard library imports, and whether in a function.
const oracle = `
import ast, json, os
def walk(node, lazy, found):
    where = 'lazy ' if lazy else ''
    if isinstance(node, ast.Import):
        found.update(where + alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        found.update(where + '.' * node.level + (node.module or '') + ':' + alias.name for alias in node.names)
    for child in ast.iter_child_nodes(node):
        walk(child, lazy or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)), found)
modules = {}
top = os.path.dirname(os.__file__)
for directory, below, names in os.walk(top):
    below[:] = [name for name in below if name not in ('test', 'tests', 'site-packages', 'dist-packages', 'lib2to3', 'idlelib', 'distutils')]
    for name in names:
        path = os.path.join(directory, name)
        if not name.endswith('.py'): continue
        try: tree = ast.parse(open(path, 'rb').read())
        except (SyntaxError, ValueError): continue
        found = set()
        walk(tree, False, found)
        modules[path] = sorted(found)
print(json.dumps(modules))
`;

test("finds what Python finds in its own library, but for other platforms' code", async () => {
  const { stdout } = await execa('/usr/bin/python3', ['-c', oracle]);
  const modules = Object.entries(JSON.parse(stdout) as Record<string, string[]>);
  expect(modules.length).toBeGreaterThan(200);
  const differing: Record<string, readonly string[]> = {};
  for (const [path, expected] of modules) {
    const text = readFileSync(path, 'utf8');
    const found = new Set(
      parsePythonSource(text).imports.flatMap(({ module, level, names, place }) => {
        const name = `${place.isLazy ? 'lazy ' : ''}${'.'.repeat(level)}${module}`;
        return names.length === 0 ? [name] : names.map((taken) => `${name}:${taken}`);
      }),
    );
    const missing = expected.filter((line) => !found.has(line));
    if (missing.length > 0) differing[path.replace(/^.*\/python3[\d.]*\//, '')] = missing;
  }
  // `if sys.platform == "win32"`, `if os.name == "nt"` and the like.
  const foreign =
    /^(?:lazy )?(?:nt|winreg|_winapi|_winreg|msvcrt|_overlapped|winsound|_scproxy|_osx_support|encodings\.mbcs|importlib\.machinery|_ssl:enum_|ctypes|\.|_multiprocessing)/;
  const unexplained = Object.entries(differing).filter(([, missing]) => !missing.every((line) => foreign.test(line)));
  expect(unexplained.slice(0, 10)).toEqual([]);
});
