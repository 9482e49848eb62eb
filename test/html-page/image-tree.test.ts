import { describe, expect, test } from 'vitest';
import { findFiles } from '../../src/html-page/find-files.ts';
import { groupTree, type MapNode, sizeOf } from '../../src/html-page/groups.ts';
import { ImageTree } from '../../src/html-page/image-tree.ts';
import { asImagePath } from '../../src/image/path.ts';
import type { FullReport } from '../../src/report/full-report.ts';
import { buildPageData } from '../../src/report/html/build-page-data.ts';
import { plainStyle } from '../../src/report/style.ts';
import { answerWhy } from '../../src/report/why.ts';
import { renderAnswer } from '../../src/report/why-human.ts';
import type { Reason } from '../../src/selection/reason.ts';
import { hostileNames } from '../report/hostile-names.ts';
import { wholeReport } from '../report/whole-report.ts';

const treeOf = (report: FullReport) => new ImageTree(JSON.parse(JSON.stringify(buildPageData(report))));
const all = { text: '', show: 'all', order: 'path' } as const;
const pathsIn = (tree: ImageTree, query = {}) => findFiles(tree, { ...all, ...query }).map((at) => tree.pathOf(at));
const find = (tree: ImageTree, path: string) => findFiles(tree, all).find((at) => tree.pathOf(at) === path) ?? -1;

const rows = `
  + /usr/bin/app
  - /usr/bin/git (git)
  ! /usr/bin/xz (xz)
  - /usr/share/doc/git/README (git)
  - /app/node_modules/@scope/thing/index.js
  + /lib -> usr/lib
  - /empty/
`;

describe('the entries of the page', () => {
  test('every entry of the original is there once, below its directory', () => {
    const report = wholeReport(rows);
    const tree = treeOf(report);
    expect(pathsIn(tree).sort()).toEqual(report.tree.map(([path]) => path).sort());
    expect(tree.pathOf(0)).toBe('/');
    expect(tree.typeOf(find(tree, '/empty'))).toBe('d');
    expect(tree.linkOf(find(tree, '/lib'))).toBe('usr/lib');
  });

  test('a directory follows names that begin with its own and a lower character', () => {
    const tree = treeOf(wholeReport('- /a/x\n- /a-b/y\n- /a.txt\n- /a/z/q\n'));
    expect(pathsIn(tree)).toEqual(['/', '/a', '/a/x', '/a/z', '/a/z/q', '/a-b', '/a-b/y', '/a.txt']);
  });

  test('a name of whatever kind is shown as the tool shows it, and found', () => {
    const report = wholeReport('', {
      tree: [
        ['/', 'directory', null, 0, null],
        ...hostileNames.map((name) => [`/${name.replaceAll('/', '')}`, 'file', null, 1, null] as const),
      ],
    });
    const tree = treeOf(report);
    expect(tree.count).toBe(hostileNames.length + 1);
    expect(pathsIn(tree, { text: '__proto__' })).toEqual(['/__proto__']);
    expect(pathsIn(tree, { text: 'byte\\xff' })).toEqual(['/byte\\xff']);
    expect(pathsIn(tree).join('')).not.toMatch(/[\u0000-\u001f\u202e\u2028\udc80-\udcff]/);
  });

  test('its package is the system’s, else the module it is in', () => {
    const tree = treeOf(wholeReport(rows));
    expect(tree.packageOf(find(tree, '/usr/bin/git'))).toBe('git');
    expect(tree.packageOf(find(tree, '/app/node_modules/@scope/thing/index.js'))).toBe('@scope/thing');
    expect(tree.packageOf(find(tree, '/usr/bin/app'))).toBe('');
  });

  test('layers: the slim image’s for what stayed, the original’s where they are known', () => {
    const report = wholeReport('+ /usr/bin/app', {
      tree: [
        ['/', 'directory', null, 0, null],
        ['/usr', 'directory', null, 0, null],
        ['/usr/bin', 'directory', null, 0, null],
        ['/usr/bin/app', 'file', null, 5, 0],
        ['/usr/bin/tool', 'file', null, 5, 0],
        ['/usr/bin/other', 'file', null, 5, null],
      ],
    });
    const tree = treeOf(report);
    expect(tree.layerOf(find(tree, '/usr/bin/app'))).toBe('slim: layer 1 of 1');
    expect(tree.layerOf(find(tree, '/usr/bin/tool'))).toBe('original: layer 1 of 1');
    expect(tree.layerOf(find(tree, '/usr/bin/other'))).toContain('unknown');
  });

  test('what the base or slimtrace brings is there too, beside what it replaced', () => {
    const base = { name: 'cc', remarks: [], strangeFiles: [] } as unknown as FullReport['base'];
    const report = wholeReport('+ /usr/bin/app\n- /etc/issue', {
      base,
      fromBase: [
        ['/usr/bin/app', 'file', 100],
        ['/home/x/.profile', 'file', 7],
      ],
      written: [['/etc/issue', 'file', 9, 0]],
    });
    const tree = treeOf(report);
    const states = findFiles(tree, all).map((at) => `${tree.stateOf(at)} ${tree.pathOf(at)} ${tree.sizeOf(at)}`);
    expect(states).toEqual(
      expect.arrayContaining([
        'k /usr/bin/app 100',
        'o /etc/issue 100',
        'w /etc/issue 9',
        'b /home/x/.profile 7',
        'b /home/x 0',
      ]),
    );
    expect(states.filter((state) => state.includes('/usr/bin/app'))).toHaveLength(1);
    expect(tree.fateOf(find(tree, '/home/x/.profile'))).toBe('is in app:1-slim: from the base image cc');
  });
});

describe('why, in the page', () => {
  const traced = (named: string): Reason => ({ kind: 'traced', accesses: ['read'], programs: ['/usr/bin/app'], named });
  const kept: FullReport['kept'] = [
    [
      '/usr/bin/app' as never,
      [
        { kind: 'command', of: 'entrypoint' },
        { kind: 'shebang', parent: '/lib/a.so' as never, line: '#!x' },
      ],
      0,
    ],
    [
      '/lib/a.so' as never,
      [{ kind: 'elf-needed', parent: '/usr/bin/app' as never, library: 'a.so', via: 'RPATH' }, traced('/lib/a.so')],
      0,
    ],
    ['/lib/b.so' as never, [{ kind: 'elf-needed', parent: '/lib/a.so' as never, library: 'b.so', via: 'RPATH' }], 0],
    ['/' as never, [{ kind: 'parent-directory', parent: '/lib/b.so' as never }], 0],
  ];
  const report = wholeReport('+ /usr/bin/app\n+ /lib/a.so\n+ /lib/b.so\n! /lib/c.so\n- /lib/d.so', { kept });
  const tree = treeOf(report);

  /** As the page writes it, line by line. */
  const pageWords = (path: string) => {
    const at = find(tree, path);
    const chains = tree.chainsOf(at).map((chain) =>
      chain.map(({ path: step, reason }, depth) => {
        const text = reason.text
          .replaceAll('\u0001', tree.pathOf(reason.parent ?? -1))
          .replaceAll('\u0002', tree.pathOf(step));
        return `${depth === 0 ? '' : `${tree.pathOf(step)}: `}${text}`;
      }),
    );
    return [`${tree.pathOf(at)} ${tree.fateOf(at)}`, ...chains.flat()];
  };

  test.each(['/usr/bin/app', '/lib/a.so', '/lib/b.so', '/lib/c.so', '/lib/d.so'])(
    '%s: the words of slimtrace why',
    (path) => {
      const words = renderAnswer(answerWhy(report, asImagePath(path)), plainStyle)
        .split('\n')
        .map((line) => line.trim())
        .filter(
          (line) =>
            line !== '' && line !== 'and also' && !line.startsWith('the nearest') && !line.startsWith('kept beside'),
        );
      expect(pageWords(path)).toEqual(words);
    },
  );

  test('doubts stand with both files', () => {
    const doubt = { doubt: 'left-out', parent: '/lib/a.so', target: '/lib/d.so', because: 'it is large' } as never;
    const doubting = treeOf({ ...report, confidence: { ...report.confidence, doubts: [doubt] } });
    for (const path of ['/lib/a.so', '/lib/d.so'])
      expect(doubting.remarksOf(find(doubting, path))).toEqual([
        '/lib/a.so may load /lib/d.so, which is left out: it is large',
      ]);
  });

  test('reasons that differ in their paths alone are written once', () => {
    const many = wholeReport('', {
      kept: Array.from({ length: 500 }, (_, at) => [`/f${at}` as never, [traced(`/f${at}`)], 0] as const),
      tree: [
        ['/', 'directory', null, 0, null],
        ...Array.from({ length: 500 }, (_, at) => [`/f${at}`, 'file', null, 1, null] as const),
      ],
    });
    expect(buildPageData(many).reasonTexts).toHaveLength(1);
  });
});

describe('the search', () => {
  const tree = treeOf(wholeReport(rows));

  test.each([
    ['git', ['/usr/bin/git', '/usr/share/doc/git', '/usr/share/doc/git/README']],
    ['GIT', ['/usr/bin/git', '/usr/share/doc/git', '/usr/share/doc/git/README']],
    [
      '@scope',
      ['/app/node_modules/@scope', '/app/node_modules/@scope/thing', '/app/node_modules/@scope/thing/index.js'],
    ],
    ['*.js', ['/app/node_modules/@scope/thing/index.js']],
    ['/usr/bin/*', ['/usr/bin/app', '/usr/bin/git', '/usr/bin/xz']],
    ['/usr/**/README', ['/usr/share/doc/git/README']],
    ['[(', []],
  ])('%s', (text, paths) => {
    expect(pathsIn(tree, { text })).toEqual(paths);
  });

  test('by what became of it, and by size', () => {
    expect(pathsIn(tree, { show: 'stayed' })).toEqual(['/', '/lib', '/usr', '/usr/bin', '/usr/bin/app']);
    expect(pathsIn(tree, { show: 'went', text: '/usr/bin/' })).toEqual(['/usr/bin/git', '/usr/bin/xz']);
    expect(pathsIn(tree, { order: 'size' })[0]).toBe('/app/node_modules/@scope/thing/index.js');
  });
});

describe('the map', () => {
  const tree = treeOf(wholeReport(rows));
  const namesOf = (node: MapNode) => node.children.map(({ name }) => name);

  test('by directory: sums add up, lone directories are one with what is in them, links weigh nothing', () => {
    const root = groupTree(tree, 'directory');
    expect([root.stayed, root.went, root.files]).toEqual([100, 400, 6]);
    expect(namesOf(root)).toEqual(['usr', 'app/node_modules/@scope/thing', 'lib']);
    const [usr] = root.children;
    expect(usr && namesOf(usr)).toEqual(['bin', 'share/doc/git']);
    for (const node of [root, ...root.children])
      if (node.children.length > 0)
        expect(node.children.reduce((sum, child) => sum + sizeOf(child), 0)).toBe(sizeOf(node));
  });

  test('a node knows the way up', () => {
    const root = groupTree(tree, 'directory');
    const lone = root.children[1];
    expect(lone?.parent).toBe(root);
    expect(lone?.children[0]?.parent).toBe(lone);
  });

  test('by package and by layer', () => {
    expect(namesOf(groupTree(tree, 'package'))).toEqual(['git', '@scope/thing', 'of no package', 'xz']);
    expect(namesOf(groupTree(tree, 'layer'))).toEqual([
      'original: layer unknown (it was read from an engine)',
      'slim: layer 1 of 1',
    ]);
  });
});
