import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { apparmorName, renderApparmorProfile, trialName } from '../../../src/check/confinement/apparmor-profile.js';
import type { TreeEntry } from '../../../src/image/file-tree.js';
import type { ImagePath } from '../../../src/image/path.js';
import type { AccessKind } from '../../../src/trace/trace.js';
import { traceOf } from '../../trace/trace-of.js';

const entry = (path: string, mode = 0o644, type: TreeEntry['type'] = 'file'): TreeEntry => ({
  path: path as ImagePath,
  type,
  mode,
  uid: 0,
  gid: 0,
  mtime: { seconds: 0, nanoseconds: 0 },
  sizeBytes: 0,
});

function profileOf(
  entries: readonly TreeEntry[],
  written: Readonly<Record<string, readonly AccessKind[]>> = {},
  volumes: readonly string[] = [],
): string {
  const paths = Object.entries(written).map(([path, accesses]) => ({ path, accesses, programs: [] }));
  return renderApparmorProfile({
    name: apparmorName('registry:5000/team/app:1.2-slim'),
    entries,
    trace: traceOf(paths),
    volumes,
    resolve: (directory) => (directory === '/var/lib/app' ? '/srv/app' : directory),
  });
}

const isInstalled = spawnSync('apparmor_parser', ['--version']).status === 0;

describe('an AppArmor profile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'apparmor-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** What the real parser says against it (apparmor_parser(8): compile, neither load nor cache); nothing when it takes it. */
  const complaintAbout = (profile: string): string => {
    const file = join(directory, 'profile');
    writeFileSync(file, profile);
    const { status, stderr } = spawnSync('apparmor_parser', ['-QT', file], { encoding: 'utf8' });
    return status === 0 ? '' : `${stderr}\n${profile}`;
  };

  test('the parser must be there in CI', () => expect(isInstalled || process.env.CI === undefined).toBe(true));

  test('reads what is kept, executes programs, writes where a run wrote', () => {
    const kept = [entry('/', 0o755, 'directory'), entry('/usr/bin/app', 0o755), entry('/usr/lib/libc.so.6', 0o755)];
    const profile = profileOf(
      [...kept, entry('/etc/app.conf')],
      {
        '/var/lib/app/tmp-123.db': ['create'],
        '/etc/app.conf': ['write'],
        '/etc/app.conf~': ['create'],
        '/dev/null': ['write'],
      },
      ['/data'],
    );
    expect(profile).toMatch(/^profile "slimtrace-registry-5000-team-app-1.2-slim" /m);
    for (const rule of ['"/usr/bin/app" ix', '"/usr/bin/app" mr', '"/usr/lib/libc.so.6" mr', '"/etc/app.conf" rwkl'])
      expect(profile).toContain(`  ${rule},\n`);
    expect(profile, 'a library is no program').not.toContain('libc.so.6" ix');
    expect(profile, 'the real directory of a name that changes').toContain('"/srv/app/**" mrwkl');
    expect(profile, 'one new file opens no system directory').not.toContain('"/etc/**"');
    expect(profile).toContain('"/data/**" mrwkl');
    expect(profile).toMatch(/^ {2}deny \/proc\/sys\/\*\* w,$/m);
  });

  test.skipIf(!isInstalled)('is taken by the parser', () => {
    expect(complaintAbout(profileOf([entry('/usr/bin/app', 0o755)], { '/srv/x': ['create'] }, ['/data']))).toBe('');
  });

  test.skipIf(!isInstalled)(
    'a file’s name closes the profile and opens the machine: it can’t, whatever it holds',
    () => {
      const names = [
        '/a" rwx,\n}\nprofile evil {\n',
        '/a\\',
        '/@{HOME}',
        '/{a,b',
        '/[',
        '/**',
        '/#include <x>',
        '/\u0000x',
        '/ends ',
      ];
      const profile = profileOf(
        names.map((name) => entry(name, 0o755)),
        { [`${names[0]}/x`]: ['create'] },
        names,
      );
      expect(profile.match(/^profile /gm)).toHaveLength(1);
      expect(profile.match(/^}$/gm)).toHaveLength(1);
      expect(profile).not.toContain('"/**');
      expect(complaintAbout(profile)).toBe('');
    },
  );

  test('no name writes a rule', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'))),
        (names) => {
          const profile = profileOf(names.map((name) => entry(`/x${name}`, 0o755)));
          const section = profile.slice(profile.indexOf('# files of the image'), profile.indexOf('# what a run wrote'));
          const isRule = (line: string) => /^(?: {2}"[^"\\{}[\]@?]+" (?:mr|ix|r),| {2}# programs|\s*)$/.test(line);
          expect(
            section
              .split('\n')
              .slice(1)
              .filter((line) => !isRule(line)),
          ).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('100,000 files are rules of a few thousand at most', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => entry(`/app/d${index % 5000}/f${index}.js`, 0o755));
    const profile = profileOf([...many, entry('/server', 0o755)]);
    expect(profile.split('\n').length).toBeLessThan(5000);
    expect(profile).toContain('"/app/**" mr');
    expect(profile).toContain('"/app/**" ix');
    for (const rule of ['"/*" mr', '"/*" ix']) expect(profile, 'the program at the top').toContain(rule);
  });

  test('an image’s name is a profile’s name', () => {
    expect(apparmorName('a" {\n')).toBe('slimtrace-a');
    expect(apparmorName('///')).toBe('slimtrace-image');
    expect(apparmorName('x'.repeat(500)).length).toBeLessThan(120);
  });

  test('is tried under a name of its own: containers in production run under the other', () => {
    const [one, other] = ['a1', 'b2'].map((id) => trialName(apparmorName('app:1'), { id }));
    expect(new Set([one, other, apparmorName('app:1')]).size).toBe(3);
    expect(one).toBe(apparmorName(one ?? '').replace(/^slimtrace-/, ''));
  });
});
