import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlimtraceError } from '../../src/errors.js';
import { parseRecordedRun, type RecordedRun } from '../../src/trace/parse.js';

const header = (state = 'ok  ', mode = 'init') => `slimtrace-trace 1 x86_64 ${mode} state=${state}`;

/** A trace as the agent writes it: fields that each end in NUL. */
function trace(...fields: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(fields.flatMap((field) => [Buffer.from(field), Buffer.from([0])]));
}

const parse = (...fields: readonly (string | Buffer)[]): RecordedRun => parseRecordedRun(trace(...fields), true);

function problemOf(bytes: Uint8Array, isEndDue = false): string {
  try {
    parseRecordedRun(bytes, isEndDue);
  } catch (error) {
    expect(error).toBeInstanceOf(SlimtraceError);
    expect((error as SlimtraceError).code).toBe('trace-incomplete');
    return (error as SlimtraceError).details.reason ?? '';
  }
  return 'none';
}

describe('parseRecordedRun', () => {
  test('gathers what was done with each path, and by whom', () => {
    const run = parse(
      header(),
      'P 1',
      '/bin/sh',
      'T 1 exec',
      '/bin/sh',
      'P 2',
      '/usr/bin/python3',
      'T 2 stat',
      '/app.py',
      'T 1 read',
      '/app.py',
      'T 2 stat',
      '/app.py',
      'E exit 0',
    );
    expect(run).toEqual({
      end: 'exit',
      paths: [
        { path: '/bin/sh', accesses: ['exec'], programs: ['/bin/sh'] },
        { path: '/app.py', accesses: ['read', 'stat'], programs: ['/bin/sh', '/usr/bin/python3'] },
      ],
    });
  });

  test('a path that was reached through another name keeps every one of them, and every record is read whole', () => {
    const run = parse(
      header(),
      'R 1 read',
      '/real',
      '/named',
      'R 1 read',
      '/real',
      '/other',
      'T 1 read',
      '/x',
      'E exit 0',
    );
    expect(run.paths).toEqual([
      { path: '/real', accesses: ['read'], programs: [], reachedThrough: ['/named', '/other'] },
      { path: '/x', accesses: ['read'], programs: [] },
    ]);
  });

  test('paths are bytes: not UTF-8, with newlines, dots and escapes, as they were named', () => {
    const names = ['/a\nb', '/..//.', '/\u001b[2J', '/ü'];
    const raw = Buffer.from([0x2f, 0xff, 0x80]);
    const run = parse(header(), ...names.flatMap((name) => ['T 1 read', name]), 'T 1 read', raw, 'E exit 0');
    expect(run.paths.map(({ path }) => path)).toEqual([...names, '/\udcff\udc80']);
  });

  test('an access nobody here knows still keeps its path', () => {
    expect(parse(header(), 'T 1 teleport', '/x', 'E exit 0').paths[0]?.accesses).toEqual(['other']);
    expect(parse(header(), 'T 1 __proto__', '/x', 'E exit 0').paths[0]?.accesses).toEqual(['other']);
  });

  test('how the run ended', () => {
    expect(parse(header(), 'E exit 3').end).toBe('exit');
    expect(parse(header(), 'E hup').end).toBe('no-process-left');
    expect(parseRecordedRun(trace(header()), false).end).toBe('signal');
  });
});

describe('a trace that cannot vouch for itself is refused:', () => {
  test.each<[string, Buffer, string]>([
    ['an empty file', Buffer.alloc(0), 'no header'],
    ['a file of zeros', Buffer.alloc(512), 'no header'],
    ['another format', trace('slimtrace-trace 2 x86_64 init state=ok  '), 'no header'],
    ['a header that is cut', Buffer.from('slimtrace-trace 1 x86_64 init state=ok'), 'cut'],
    ['a tracer that lost something', trace(header('lost'), 'T 1 read', '/x'), 'lost'],
    ['a tracer that died', trace(header('dead'), 'T 1 read', '/x'), 'dead'],
    ['a loss that is told', trace(header(), 'L read ', '/proc/1/mem'), 'read: /proc/1/mem'],
    ['a death that is told', trace(header(), 'D 139'), 'ended early (139)'],
    ['a record torn off in its path', Buffer.concat([trace(header(), 'T 1 read'), Buffer.from('/etc/pas')]), 'cut'],
    ['a record without its path', trace(header(), 'T 1 read'), 'cut'],
    ['a record without its second path', trace(header(), 'R 1 read', '/x'), 'cut'],
    ['a program without its path', trace(header(), 'P 1'), 'cut'],
    ['a record of an unknown kind', trace(header(), 'X 1', '/x'), 'unknown record'],
    ['an empty record', trace(header(), ''), 'unknown record'],
    ['a relative path', trace(header(), 'T 1 read', 'etc/passwd'), 'not absolute'],
    ['an empty path', trace(header(), 'T 1 read', ''), 'not absolute'],
    ['a relative canonical path', trace(header(), 'R 1 read', 'x', '/y'), 'not absolute'],
  ])('%s', (_, bytes, reason) => {
    expect(problemOf(bytes)).toContain(reason);
  });

  test('an end that is due and not there: files could be missing', () => {
    expect(problemOf(trace(header(), 'T 1 read', '/x'), true)).toContain('the end of the run is missing');
    expect(problemOf(trace(header(), 'T 1 read', '/x'), false)).toBe('none');
  });

  test('a trace cut off anywhere, unless between two records of a run that was killed', () => {
    const whole = trace(header(), 'P 1', '/bin/sh', 'T 1 read', '/etc/passwd', 'R 1 stat', '/a', '/b', 'E exit 0');
    for (let length = 0; length < whole.length; length += 1)
      expect(problemOf(whole.subarray(0, length), true)).not.toBe('none');
  });

  test('whatever the bytes, it is a refusal and never a crash', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.uint8Array(), (fields, rest) => {
        problemOf(Buffer.concat([trace(header(), ...fields), rest]));
        problemOf(rest);
      }),
    );
  });
});
