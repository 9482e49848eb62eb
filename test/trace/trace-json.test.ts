import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlimtraceError } from '../../src/errors.js';
import { parseTrace } from '../../src/schema/trace-schema.js';
import { renderTrace } from '../../src/trace/trace-json.js';
import { arbitraryTrace } from './arbitrary-trace.js';
import { traceOf } from './trace-of.js';

const small = traceOf([{ path: '/etc/passwd', accesses: ['read'], programs: ['/bin/sh'], runs: [0], existed: true }], {
  runs: [
    {
      command: ['/bin/sh'],
      mode: 'init',
      end: 'exit',
      collection: { id: `sha256:${'c'.repeat(64)}`, startedAt: '2026-11-21T20:00:00Z', slimtrace: '1.0.0' },
    },
  ],
});

function problemOf(text: string): string {
  try {
    parseTrace(text);
  } catch (error) {
    expect(error).toBeInstanceOf(SlimtraceError);
    expect((error as SlimtraceError).code).toBe('trace-invalid');
    return (error as SlimtraceError).details.reason ?? '';
  }
  return 'none';
}

/** The small trace's file with something else in a place. */
function altered(alter: (file: ReturnType<typeof JSON.parse>) => void): string {
  const file = JSON.parse(renderTrace(small));
  alter(file);
  return JSON.stringify(file);
}

describe('a trace file', () => {
  test('has a line for each path and each row of its tables', () => {
    expect(renderTrace(small)).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 2,
        "image": {"id":"sha256:1111111111111111111111111111111111111111111111111111111111111111","repoDigests":[],"platform":{"os":"linux","architecture":"amd64"},"diffIds":["sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"]},
        "collections": [
          {"id":"sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","startedAt":"2026-11-21T20:00:00Z","slimtrace":"1.0.0"}
        ],
        "runs": [
          {"collection":0,"command":["/bin/sh"],"mode":"init","end":"exit"}
        ],
        "programs": [
          "/bin/sh"
        ],
        "accessSets": [
          ["read"]
        ],
        "programSets": [
          [0]
        ],
        "runSets": [
          [0]
        ],
        "paths": [
          ["/etc/passwd",0,0,0,1]
        ]
      }
      "
    `);
  });

  test('gives back what was written, and the same text again', () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const text = renderTrace(trace);
        expect(parseTrace(text)).toEqual(trace);
        expect(renderTrace(parseTrace(text))).toBe(text);
      }),
    );
  });

  test('is read in whatever order it stands, and written in its own', () => {
    const text = altered((file) => {
      file.paths.push(['/a', 1, 1, 0, null]);
      file.accessSets.push(['stat', 'read', 'stat']);
      file.programs.unshift('/z', '/bin/sh', '/bin/a');
      file.programSets = [[1], [0, 2]];
    });
    const { paths } = parseTrace(text);
    expect(paths).toEqual([
      { path: '/a', accesses: ['read', 'stat'], programs: ['/bin/a', '/z'], runs: [0] },
      { path: '/etc/passwd', accesses: ['read'], programs: ['/bin/sh'], runs: [0], existed: true },
    ]);
  });

  test('stays below 80 bytes a path, for 100,000 of them', () => {
    const directory = '/app/node_modules/some-package/dist/esm/components';
    const paths = Array.from({ length: 100_000 }, (_, index) => ({
      path: `${directory}/${String(index).padStart(6, '0')}.js`,
      accesses: index % 3 === 0 ? (['read', 'stat'] as const) : (['stat'] as const),
      programs: index % 5 === 0 ? ['/bin/sh', '/usr/bin/node'] : ['/usr/bin/node'],
      runs: index % 7 === 0 ? [0, 1, 2] : [index % 3],
      existed: true,
    }));
    const run = { command: ['node', 'server.js'], mode: 'init', end: 'exit' } as const;
    const text = renderTrace(traceOf(paths, { runs: [run, run, run] }));
    expect(text.length).toBeLessThan(8_000_000);
    expect(text.length / 100_000 - directory.length).toBeLessThan(34);
    expect(parseTrace(text).paths).toHaveLength(100_000);
  });
});

describe('a trace file is refused, and where it is wrong is told:', () => {
  test.each<[string, string, string]>([
    ['no JSON', '{"schemaVersion":2', 'it is not JSON'],
    ['nothing', '', 'it is not JSON'],
    ['a list', '[]', 'expected object'],
    [
      'another version',
      altered((file) => {
        file.schemaVersion = 1;
      }),
      'schemaVersion (1): ',
    ],
    [
      'an unknown key',
      altered((file) => {
        file.extra = 1;
      }),
      'extra',
    ],
    ['a prototype for a key', '{"__proto__":{"schemaVersion":2}}', 'schemaVersion'],
    [
      'a path that is not absolute',
      altered((file) => {
        file.paths[0][0] = 'etc';
      }),
      'paths[0][0] ("etc"): not an absolute path',
    ],
    [
      'a path twice',
      altered((file) => {
        file.paths.push(file.paths[0]);
      }),
      'it has "/etc/passwd" twice',
    ],
    [
      'another version with rows of its own',
      altered((file) => {
        file.schemaVersion = 1;
        file.paths = ['/etc/passwd'];
      }),
      'schemaVersion (1): ',
    ],
    [
      'nothing but what no row is, which a note each of would not fit into memory',
      altered((file) => {
        file.paths = Array.from({ length: 3_000_000 }, () => 0);
      }),
      'paths[0] (0): ',
    ],
    [
      'a row without an end',
      altered((file) => {
        file.paths[0].push(...Array.from({ length: 100_000 }, () => 0));
      }),
      'paths 0 lists more than 100000 things',
    ],
    [
      'a path that is cut',
      altered((file) => {
        file.paths[0].length = 3;
      }),
      'paths[0]',
    ],
    [
      'an index beyond its table',
      altered((file) => {
        file.paths[0][1] = 7;
      }),
      'paths[0] names row 7 of "accessSets", which has 1',
    ],
    [
      'an index below it',
      altered((file) => {
        file.paths[0][2] = -1;
      }),
      'paths[0][2] (-1)',
    ],
    [
      'an index between',
      altered((file) => {
        file.paths[0][3] = 0.5;
      }),
      'paths[0][3] (0.5)',
    ],
    [
      'an index of no number',
      altered((file) => {
        file.paths[0][3] = '__proto__';
      }),
      'paths[0][3] ("__proto__")',
    ],
    [
      'a program set that leads nowhere',
      altered((file) => {
        file.programSets[0] = [0, 9];
      }),
      'programSets[0] names row 9 of "programs"',
    ],
    [
      'a run set that leads nowhere',
      altered((file) => {
        file.runSets[0] = [1e9];
      }),
      'runSets[0] names row 1000000000 of "runs"',
    ],
    [
      'a collection that leads nowhere',
      altered((file) => {
        file.runs[0].collection = 3;
      }),
      'runs[0] names row 3 of "collections"',
    ],
    [
      'an access nobody makes',
      altered((file) => {
        file.accessSets[0] = ['teleport'];
      }),
      'accessSets[0][0] ("teleport")',
    ],
    [
      'an image that is none',
      altered((file) => {
        file.image.id = 'latest';
      }),
      'image.id ("latest"): not a digest',
    ],
    [
      'a time that is none',
      altered((file) => {
        file.collections[0].startedAt = 'now';
      }),
      'collections[0].startedAt ("now")',
    ],
    [
      'a system call that is none',
      altered((file) => {
        file.syscalls = ['"]'];
      }),
      'syscalls[0]',
    ],
  ])('%s', (_, text, reason) => {
    expect(problemOf(text)).toContain(reason);
  });

  test('whatever the JSON, it is a refusal and never a crash', () => {
    fc.assert(fc.property(fc.json(), (text) => void problemOf(text)));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(JSON.parse(renderTrace(small)))), fc.jsonValue(), (key, value) => {
        problemOf(
          altered((file) => {
            file[key] = value;
          }),
        );
      }),
    );
  });
});
