import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { baseImage, ensureBaseImage } from '../support/fixture-base.ts';
import { describeOnEngine, openScratch, removeImages, testWith } from '../support/run-docker.ts';
import { openSlimtrace, parseReport, type Slimtrace } from '../support/run-slimtrace.ts';

const trimmed = 'slimtrace-test/records:trimmed';
const whole = 'slimtrace-test/records:whole';
const fields = ['Package', 'Architecture', 'Version', 'source:Package', 'source:Version', 'db:Status-Status'];
const format = `${fields.map((field) => `\${${field}}`).join(' ')}\\n`;

describeOnEngine('package records', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  /** The slim image's files. */
  let root: string;

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    await ensureBaseImage();
    const outcome = await slimtrace.run(['slim', baseImage, '--tag', trimmed, '--exit', '--', 'ls', '/usr/bin/env']);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(outcome.stdout).toMatch(/^records: \d+ packages recorded for scanners in \/var\/lib\/dpkg\/status\.d, /m);
    root = join(scratch.path, 'root');
    await mkdir(root);
    const { stdout: id } = await execa('docker', ['create', trimmed, 'never-run']);
    await execa('docker', ['export', id]).pipe('tar', ['-x', '--no-same-owner', '-C', root]);
    await execa('docker', ['rm', '--volumes', id]);
  });
  afterAll(async () => {
    await removeImages(trimmed, whole);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  const recordFiles = async () => {
    const directory = join(root, 'var/lib/dpkg/status.d');
    const names = (await readdir(directory)).filter((name) => !name.endsWith('.md5sums'));
    return await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')] as const));
  };

  testWith(
    ['dpkg-query'],
    'dpkg-query lists them with the versions and sources of the original, and has no complaint',
    async () => {
      const database = join(scratch.path, 'dpkg');
      await mkdir(join(database, 'info'), { recursive: true });
      await mkdir(join(database, 'updates'));
      const records = await recordFiles();
      await writeFile(join(database, 'status'), records.map(([, text]) => text).join('\n'));
      const { stdout, stderr } = await execa('dpkg-query', ['--admindir', database, '-W', '-f', format]);
      const original = await execa('docker', ['run', '--rm', baseImage, 'dpkg-query', '-W', '-f', format]);
      expect(stderr).toBe('');
      const recorded = stdout.trimEnd().split('\n').sort();
      expect(recorded.length).toBe(records.length);
      const names = new Set(recorded.map((line) => line.split(' ')[0]));
      expect([...names]).toEqual(expect.arrayContaining(['base-files', 'coreutils', 'libc6', 'libselinux1']));
      expect([...names]).not.toContain('dpkg');
      expect(recorded).toEqual(
        original.stdout
          .trimEnd()
          .split('\n')
          .filter((line) => names.has(line.split(' ')[0]))
          .sort(),
      );
    },
  );

  test('every md5sum is that of a file which is there', async () => {
    const script = 'cat var/lib/dpkg/status.d/*.md5sums | md5sum --check --quiet --strict';
    await execa('sh', ['-c', script], { cwd: root });
    const sums = await readFile(join(root, 'var/lib/dpkg/status.d/libc6.md5sums'), 'utf8');
    expect(sums).toMatch(/ {2}lib\/\S+\/libc\.so\.6\n/);
  });

  // Trivy: every file of status.d but `*.md5sums` is a record, unless its Status says `deinstall` or `purge`; Syft the same,
  // and a deb has no purl without a distribution that os-release calls Debian's.
  test('a scanner finds name, version, architecture, source and distribution', async () => {
    const release = await readFile(join(root, 'etc/os-release'), 'utf8');
    expect(release).toMatch(/^ID=debian$/m);
    expect(release).toMatch(/^VERSION_ID="12"$/m);
    for (const [name, text] of await recordFiles()) {
      const field = (key: string) => new RegExp(`^${key}: (.+)$`, 'm').exec(text)?.[1];
      expect(field('Package')).toBe(name);
      expect(field('Version')).toMatch(/^[\d:]*\d[\w.+~:-]*$/);
      expect(field('Architecture')).toMatch(/^(?:amd64|arm64|all)$/);
      expect(field('Maintainer')).toContain('@');
      expect(field('Status')).toBe('install ok installed');
    }
    const libc = (await recordFiles()).find(([name]) => name === 'libc6')?.[1];
    expect(libc).toMatch(/^Source: glibc$/m);
  });

  test('an application that asks dpkg itself keeps its database, and nothing is counted twice', async () => {
    const args = ['--json', '--tag', whole, '--exit', '--', 'dpkg-query', '-W', 'coreutils'];
    const outcome = await slimtrace.run(['slim', baseImage, ...args]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    const { packageRecords } = parseReport(outcome);
    expect(packageRecords.form).toBe('whole');
    expect(packageRecords.remarks[0]).toContain('/var/lib/dpkg/status is kept');
    const list = await execa('docker', ['run', '--rm', whole, 'dpkg-query', '-W', 'coreutils']);
    expect(list.stdout).toMatch(/^coreutils\t/);
  });
});
