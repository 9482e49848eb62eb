import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const sourceRoot = resolve(import.meta.dirname, '../src');

interface Import {
  readonly from: string;
  /** A file below src, or a module's name. */
  readonly to: string;
}

const files = readdirSync(sourceRoot, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));

const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(join(sourceRoot, from), 'utf8');
  const specifiers = text.matchAll(
    /(?:^|\n)(?:import|export)\b[^;'"]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return [...specifiers].map((match) => ({ from, to: target(from, match[1] ?? match[2] ?? match[3] ?? '') }));
});

function target(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return relative(sourceRoot, resolve(sourceRoot, dirname(from), specifier)).replace(/\.js$/, '.ts');
}

/** From the outermost to the innermost: a layer may import itself and those that come after it. */
const layers: readonly (readonly string[])[] = [
  ['cli', 'index.ts', 'html-page'],
  ['schema'],
  ['report'],
  [
    'slim-image.ts',
    'slim-options.ts',
    'plan-slimming.ts',
    'slim-result.ts',
    'inspect-image.ts',
    'check-lock.ts',
    'budgets.ts',
    'collect-trace.ts',
    'only-name.ts',
    'run-exposure.ts',
    'run-traced.ts',
    'check-budgets.ts',
    'heal-image.ts',
    'build-candidate.ts',
    'confine-image.ts',
    'try-candidate.ts',
    'publish-image.ts',
    'push-size.ts',
    'require-base.ts',
    'require-traced-image.ts',
    'settle-build.ts',
    'slim-target.ts',
    'observe-image.ts',
    'scenario.ts',
    'verify-image.ts',
    'compare-images.ts',
    'healthcheck-request.ts',
    'debug-image.ts',
    'debug-container.ts',
    'document-image.ts',
    'dockerfile-image.ts',
    'doctor',
    'doctor.ts',
    'node-file-trace',
  ],
  ['agent', 'check', 'build'],
  ['engine', 'selection'],
  ['image', 'trace'],
  ['system'],
  ['amount.ts', 'errors.ts', 'error-catalogue.ts', 'events.ts'],
];

function layerOf(file: string): number {
  const top = file.split('/')[0] ?? '';
  return layers.findIndex((layer) => layer.includes(top));
}

const inside = imports.filter(({ to }) => files.includes(to));
const outside = imports.filter(({ to }) => !files.includes(to));

function expectNone(violations: readonly Import[], reason: string): void {
  expect(
    violations.map(({ from, to }) => `${from} imports ${to}`),
    reason,
  ).toEqual([]);
}

describe('architecture', () => {
  test('every file belongs to a layer', () => {
    expect(
      files.filter((file) => layerOf(file) === -1),
      'a new top-level folder needs a place in the order',
    ).toEqual([]);
    expect(inside.length).toBeGreaterThan(100);
  });

  test('imports run one way', () => {
    const upward = inside.filter(({ from, to }) => layerOf(to) < layerOf(from));
    expectNone(upward, 'an inner layer that knows an outer one can be neither understood nor tested without it');
  });

  test('imports never go in a circle', () => {
    const circle = findCircle();
    expect(circle, 'files that import each other are one file in disguise').toEqual([]);
  });

  test.each([
    ['execa', 'system/process.ts', 'processes are started in one place, where they are also ended'],
    ['p-limit', 'system/concurrency.ts', 'fan-out is bounded in one place'],
    ['tar-stream', 'image/tar.ts', 'its limits (binary xattrs, names that are not UTF-8) are known in one place'],
    [
      '@vercel/nft',
      'node-file-trace/worker.ts',
      'it reads the host by names that an image chose, unless it is confined',
    ],
    ['zod', 'schema', 'what a published JSON document looks like is said in one place'],
    ['yaml', 'schema/yaml.ts', 'positions and aliases of hostile documents are dealt with in one place'],
    ['commander', undefined, 'only the command line knows how flags are written'],
  ])('%s is imported where it belongs', (module, soleImporter, reason) => {
    const others = outside.filter(
      ({ from, to }) => to === module && from !== soleImporter && !from.startsWith(`${soleImporter}/`),
    );
    expectNone(soleImporter === undefined ? others.filter(({ from }) => !from.startsWith('cli/')) : others, reason);
  });

  test('selection, trace, report and the file tree are pure', () => {
    const isPure = (file: string) =>
      /^(?:selection|trace|report)\//.test(file) || file === 'image/file-tree.ts' || file === 'image/path.ts';
    const isData = (file: string) => file.endsWith('.json');
    const impure = outside.filter(({ from, to }) => isPure(from) && !isData(to));
    expectNone(
      impure,
      'what decides and what is shown depends on its input alone: no file system, no process, no package',
    );
  });

  test('the process is left by returning an exit code', () => {
    const leaving = files.filter((file) => /\bprocess\.exit\(/.test(readFileSync(join(sourceRoot, file), 'utf8')));
    expect(leaving, 'process.exit skips the clean-up of containers and temporary files').toEqual([]);
  });
});

function findCircle(): string[] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of inside) edges.set(from, [...(edges.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of edges.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of files) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
