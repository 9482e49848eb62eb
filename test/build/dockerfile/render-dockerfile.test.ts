import { expect, test } from 'vitest';
import type { Composition } from '../../../src/build/composition.ts';
import { findShell } from '../../../src/build/dockerfile/find-builder.ts';
import { type DockerfileInput, renderDockerfile } from '../../../src/build/dockerfile/render-dockerfile.ts';
import type { BaseImage } from '../../../src/image/base-image.ts';
import type { ImageConfig } from '../../../src/image/image.ts';
import { asImagePath } from '../../../src/image/path.ts';
import { entryOf, type Sketch, treeOf } from '../../image/tree-of.ts';

const directory = { type: 'directory' } as const;
const original: Readonly<Record<string, Sketch>> = {
  '/app': { ...directory, mtime: { seconds: 5, nanoseconds: 0 } },
  '/app/run': { sizeBytes: 3, mode: 0o755 },
  '/app/lock': { linkTarget: '/run/lock' },
};

interface Sketched {
  readonly base?: { readonly tree: Readonly<Record<string, Sketch>>; readonly config?: ImageConfig };
  readonly whiteouts?: readonly string[];
  readonly config?: ImageConfig;
  readonly input?: Partial<DockerfileInput>;
}

function render({ base, whiteouts = [], config = {}, input }: Sketched) {
  const files = Object.entries(original).map(([path, sketch]) => {
    const entry = entryOf(path, sketch);
    return entry.type === 'file' ? { entry, contents: entry.path } : { entry };
  });
  const image = { tree: treeOf(base?.tree ?? {}), config: base?.config ?? {} } as BaseImage;
  const composition = {
    base: base && { image },
    layers: [{ kind: 'all', files, whiteouts: whiteouts.map(asImagePath) }],
    entries: [...treeOf({ ...base?.tree, ...original }).entries()],
  } as unknown as Composition;
  return renderDockerfile({
    composition,
    config,
    tree: treeOf(original),
    ownership: { kind: 'none', packages: [], ownerOf: () => undefined, filesOf: () => [], records: [] },
    from: { reference: 'app:1@sha256:1', unpinned: undefined },
    base: base && { reference: 'base:2', unpinned: 'it came from no registry' },
    builder: undefined,
    shell: '/bin/sh',
    escapeMark: '\\',
    stages: { fat: 'fat', base: 'base', files: 'files', slim: 'slim' },
    about: ['about it\nRUN harm'],
    ...input,
  });
}

const instructions = (lines: readonly string[], name: string) => lines.filter((line) => line.startsWith(`${name} `));

test('on scratch: nothing but what was kept, by name, and no recursion', () => {
  const { lines, remarks } = render({});
  expect(lines[0]).toBe('# about it\\u{a}RUN harm');
  expect(instructions(lines, 'FROM')).toEqual([
    'FROM app:1@sha256:1 AS fat',
    'FROM fat AS files',
    'FROM scratch AS slim',
  ]);
  expect(lines.filter((line) => /^ {4}app/.test(line))).toEqual([
    '    app/run \\',
    '    app/lock->/run/lock \\',
    '    app \\',
  ]);
  expect(lines.filter((line) => line.includes('tar --create')).every((line) => line.includes(' --no-recursion '))).toBe(
    true,
  );
  expect(instructions(lines, 'COPY')).toEqual(['COPY --from=files /slimtrace/root/ /']);
  expect(remarks).toEqual([]);
});

test('on a base: its own layers stay, and a directory of its that is walked through keeps its attributes', () => {
  const { lines } = render({ base: { tree: { '/etc/base': {} } } });
  expect(instructions(lines, 'FROM').at(-1)).toBe('FROM base:2 AS slim');
  expect(lines).toContain('# Not pinned: base:2 has no digest, because it came from no registry.');
  expect(lines.join('\n')).not.toContain('etc/base');
  const copied = render({ base: { tree: { '/app/lock': directory } } });
  expect(copied.lines.join('\n')).toContain(
    'a copy of its base instead of the base’s own layers, for a COPY can’t put',
  );
});

test('whoever puts the files together for an image that can’t is pinned as well, or it is said why not', () => {
  const unpinned = 'it is not on the engine';
  const { lines } = render({ input: { builder: { reference: 'tools:1', unpinned } } });
  const at = lines.indexOf('FROM tools:1 AS files');
  expect(lines[at - 1]).toBe('# Not pinned: tools:1 has no digest, because it is not on the engine.');
  const pinned = render({ input: { builder: { reference: 'tools:1@sha256:2', unpinned: undefined } } });
  expect(pinned.lines).toContain('FROM tools:1@sha256:2 AS files');
  expect(pinned.lines.join('\n')).not.toContain('Not pinned');
});

test.each([
  [
    'a link where it has a directory',
    { base: { tree: { '/app/lock': directory } } },
    'put the symlink /app/lock in place of a directory',
  ],
  ['a file of it that goes', { base: { tree: { '/gone': {} } }, whiteouts: ['/gone'] }, 'take away /gone'],
])('on a base with %s: on a copy of it', (_, sketched, problem) => {
  const { lines, remarks } = render(sketched);
  expect(instructions(lines, 'FROM')).toEqual([
    'FROM app:1@sha256:1 AS fat',
    'FROM base:2 AS base',
    'FROM fat AS files',
    'FROM scratch AS slim',
  ]);
  expect(instructions(lines, 'COPY').at(-1)).toBe('COPY --from=files /slimtrace/root/ /');
  expect(remarks).toEqual([`it has a copy of its base instead of the base’s own layers, for a COPY can’t ${problem}`]);
});

test('ONBUILD is not set off: the image is copied, a base is refused', () => {
  const config = { OnBuild: ['RUN harm'], Env: ['PATH=/x'] };
  const { lines } = render({ config });
  expect(lines.join('\n')).toContain('FROM scratch AS fat\nCOPY --from=app:1@sha256:1 / /\nENV PATH="/x"');
  expect(() => render({ base: { tree: {}, config } })).toThrow('a base with ONBUILD triggers');
  expect(() => render({ config, input: { from: undefined } })).toThrow('a stage with ONBUILD');
});

test('who can put its own files together: a shell, GNU tar and what goes with them', () => {
  const tools = Object.fromEntries(
    ['sh', 'cp', 'chmod', 'chown', 'ln', 'mkdir', 'readlink', 'rm', 'touch', 'wc'].map((name) => [
      `/bin/${name}`,
      { mode: 0o755 },
    ]),
  );
  const config = { Env: ['PATH=/bin'] };
  expect(findShell(treeOf({ ...tools, '/bin/tar': { mode: 0o755 } }), config)).toBe('/bin/sh');
  const busybox = { '/bin/busybox': { mode: 0o755 }, '/bin/tar': { linkTarget: 'busybox' } };
  expect(findShell(treeOf({ ...tools, ...busybox }), config)).toBeUndefined();
  expect(findShell(treeOf({ '/bin/tar': { mode: 0o755 } }), config)).toBeUndefined();
});
