import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseShell } from '../../../src/selection/shell/parse-shell.js';

const hasOracle = spawnSync('shfmt', ['--version']).status === 0;
const name = 'real scripts run what shfmt finds in their syntax trees';

/** Bash's declarations and words are no commands to shfmt. */
const noCalls = /^(?:\[\[|time|export|declare|local|readonly|typeset|let|for|select|)$/;

/** The shell scripts of this machine, where distributions put programs, init scripts and hooks. */
function listScripts(): string[] {
  const places = ['/usr/bin', '/usr/sbin', '/usr/lib/git-core', '/etc', '/var/lib/dpkg/info'];
  const find = `find "$@" -xdev -type f -size -300k -print0 2>/dev/null | xargs -0 grep -lE -m1 '^#! ?/(usr/)?bin/(env )?(ba|da)?sh' -- 2>/dev/null`;
  const found = spawnSync('sh', ['-c', find, 'sh', ...places], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return found.stdout.split('\n').filter((path) => path !== '' && readFileSync(path, 'latin1').startsWith('#!'));
}

if (hasOracle || !process.env.CI) {
  test.skipIf(!hasOracle)(hasOracle ? name : `${name} (skipped: needs shfmt)`, () => {
    const differences: unknown[] = [];
    let compared = 0;
    for (const path of listScripts().slice(0, 120)) {
      const text = readFileSync(path, 'utf8');
      const tree = treeOf(text);
      if (tree === undefined) continue;
      compared += 1;
      const [expected, found] = [namesIn(tree), namesFound(text)];
      const missing = [...expected].filter((command) => !found.has(command) && !noCalls.test(command));
      const extra = [...found].filter((command) => !expected.has(command) && !noCalls.test(command));
      if (missing.length + extra.length > 0) differences.push({ path, missing, extra });
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(50);
  });
} else test(name, () => expect.fail('CI needs shfmt'));

/** Undefined for what shfmt itself can't read. */
function treeOf(text: string): unknown {
  try {
    const options = { input: text, stdio: ['pipe', 'pipe', 'ignore'] as ['pipe', 'pipe', 'ignore'] };
    return JSON.parse(
      execFileSync('shfmt', ['--to-json', '-ln=bash'], { ...options, maxBuffer: 256 * 1024 * 1024 }).toString(),
    );
  } catch {
    return undefined;
  }
}

function namesFound(text: string): Set<string> {
  const firsts = parseShell(text).commands.flatMap(({ words: [first] }) => first ?? []);
  return new Set(firsts.filter((word) => word.tail === undefined && word.isBare).map((word) => word.text));
}

interface Node {
  readonly Type?: string;
  readonly Value?: string;
  readonly Parts?: readonly Node[];
  readonly Args?: readonly Node[];
}

/** Names of calls that are written without quotes and expansions. */
function namesIn(tree: unknown): Set<string> {
  const names = new Set<string>();
  const pending = [tree];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== 'object' || node === null) continue;
    const { Type, Args: [first] = [] } = node as Node;
    const parts = first?.Parts ?? [];
    const isPlain = parts.length > 0 && parts.every((part) => part.Type === 'Lit' && !part.Value?.includes('\\'));
    if (Type === 'CallExpr' && isPlain) names.add(parts.map(({ Value = '' }) => Value).join(''));
    pending.push(...Object.values(node));
  }
  return names;
}
