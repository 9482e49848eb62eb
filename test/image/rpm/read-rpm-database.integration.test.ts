import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodePathBytes } from '../../../src/image/path.js';
import { packagesOf, readDatabase } from './database-image.js';

const hasRpm = spawnSync('rpmbuild', ['--version']).status === 0 && spawnSync('rpm', ['--version']).status === 0;
if (!hasRpm && process.env.CI) test('CI has rpm', () => expect.fail('rpm and rpmbuild are missing'));

/** Packages enough for pages above pages, one of them with files enough for pages behind pages. */
const specification = `
Name: alpha
Version: 1
Release: 1
Summary: alpha
License: none
BuildArch: noarch
%description
alpha
${Array.from({ length: 40 }, (_, at) => `%package sub${at}\nSummary: s\n%description sub${at}\ns\n%files sub${at}\n/opt/sub${at}`).join('\n')}
%package none
Summary: no files
%description none
none
%files none
%install
mkdir -p %{buildroot}/opt/alpha/deep/er
touch "%{buildroot}/opt/alpha/with space" %{buildroot}/opt/alpha/ünïcode
ln -s alpha %{buildroot}/opt/link
for i in $(seq 3000); do : > %{buildroot}/opt/alpha/deep/er/file-number-$i; done
for i in $(seq 0 39); do mkdir -p %{buildroot}/opt/sub$i; echo $i > %{buildroot}/opt/sub$i/file; done
%files
/opt/alpha
/opt/link
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rpm-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test.skipIf(!hasRpm)('an SQLite database that rpm wrote: every package and file that rpm itself lists', async () => {
  const spec = join(directory, 'alpha.spec');
  await writeFile(spec, specification);
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1e8 });
  // Without compression and digests of nothing: the packages are thrown away.
  const quick = ['--define', '_binary_payload w0.gzdio', '--define', '__os_install_post %{nil}'];
  run('rpmbuild', '--define', `_topdir ${directory}/top`, ...quick, '-bb', spec);
  const packages = run('find', join(directory, 'top/RPMS'), '-name', '*.rpm').trim().split('\n');
  const database = ['--dbpath', join(directory, 'db')];
  run('rpm', ...database, '--initdb');
  run('rpm', ...database, '--install', '--justdb', '--nodeps', ...packages);
  run('rpm', ...database, '--erase', '--justdb', 'alpha-sub7');
  const listed = run('rpm', ...database, '--query', '--all', '--queryformat', '[%{=NAME}\t%{FILENAMES}\n]');

  const bytes = await readFile(join(directory, 'db/rpmdb.sqlite'));
  expect((await stat(join(directory, 'db/rpmdb.sqlite-wal'))).size, 'rpm leaves no log behind').toBe(0);
  const read = packagesOf(await readDatabase('/var/lib/rpm/rpmdb.sqlite', bytes, ['/var/lib/rpm/rpmdb.sqlite-wal']));
  const lines = Object.entries(read).flatMap(([name, files]) => files.map((file) => `${name}\t${file}`));
  expect(lines.sort()).toEqual(textOf(listed).trim().split('\n').sort());
  expect(lines.length).toBeGreaterThan(3000);
  expect(read['alpha-none']).toEqual([]);
  expect(Object.keys(read).length).toBe(41);
});

/** The bytes of file names as an image's paths have them. */
function textOf(latin1: string): string {
  return decodePathBytes(Buffer.from(latin1, 'latin1'));
}
