import { describe, expect, test } from 'vitest';
import { refusalsOf } from '../../src/check/refusals.js';

const told = (line: string) => refusalsOf([line], [])[0]?.replace(/ \(".*"\)$/s, '');

describe('refusalsOf', () => {
  test.each([
    ["OSError: [Errno 30] Read-only file system: '/app/cache'", 'it writes to /app/cache'],
    ["Error: EROFS: read-only file system, open '/app/data/x.json'", 'it writes to /app/data/x.json'],
    ['mkdir: cannot create directory ‘/var/lib/x’: Read-only file system', 'it writes to /var/lib/x'],
    ['sh: 1: cannot create /run/app.pid: Read-only file system', 'it writes to /run/app.pid'],
    ['Read-only file system', 'it writes to the root file system'],
    ["chown: changing ownership of '/data': Operation not permitted", 'it wants CAP_CHOWN for /data'],
    ['[emerg] setgid(33) failed (1: Operation not permitted)', 'it wants CAP_SETGID'],
    ['error: failed switching to "redis": operation not permitted, su-exec', 'it wants CAP_SETUID'],
    ['bind() to 0.0.0.0:80 failed (13: Permission denied)', 'it wants CAP_NET_BIND_SERVICE'],
    ['ping: socktype: SOCK_RAW', undefined],
    ['ping: socket: Operation not permitted', 'it wants CAP_NET_RAW'],
    ['open /etc/shadow: permission denied', 'it is refused /etc/shadow'],
    ['all is well', undefined],
  ])('%s', (line, words) => {
    expect(told(line)).toBe(words);
  });

  test('of several lines on one error, those that say what it was about', () => {
    expect(refusalsOf(["[Error: EROFS: read-only file system, open '/a'] {", "code: 'EROFS',"], [])).toHaveLength(1);
  });

  test('what the original was refused too is no reason, nor is what was said before', () => {
    const line = 'open /a: permission denied';
    expect(refusalsOf([line, line], [line])).toEqual([]);
    expect(refusalsOf([line, line], [])).toHaveLength(1);
  });

  test('a line that is made to be long or slow is cut, in time', () => {
    const [long] = refusalsOf([`EPERM ${'/a"'.repeat(100_000)}`], []);
    expect(long?.length).toBeLessThan(1000);
  });
});
