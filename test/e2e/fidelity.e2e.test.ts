import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect } from 'vitest';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { describeOnEngine, docker, openScratch, removeImages, testWith } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/fidelity:slim';
const oracles = ['root', 'skopeo', 'umoci', 'rsync', 'getfattr', 'getcap', 'python3'];

// Both images are unpacked as root by umoci, which knows nothing of slimtrace, and every entry of the slim image is compared
// with the original's by tools that know nothing of either. Entries that aren't kept are no difference here; nor is what
// engines put into every container themselves (/.dockerenv, /etc/hosts, /etc/hostname, /etc/resolv.conf), never kept.
//
// By design, two times are others than in the original's layer: those of /, /dev and /etc, which the engine writes into before
// anyone can look (they get the image's own time), and those before 1970, which the engine itself sets to 1970 when it
// unpacks a layer, so that no container ever saw them.
const otherTimes = ['./', 'dev/', 'etc/', 'kinds/keep/time-1960'];
describeOnEngine('an image of every kind of metadata', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  let original: string;
  let slim: string;

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    if (process.getuid?.() !== 0) return;
    const image = await ensureFixtureImage('every-kind');
    const slimArchive = join(scratch.path, 'slim.tar');
    const originalArchive = join(scratch.path, 'original.tar');
    const outcome = await slimtrace.run([
      'slim',
      image,
      '--exit',
      '--no-package-records',
      '--tag',
      tag,
      '--output',
      slimArchive,
    ]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    await docker(['save', '--output', originalArchive, image]);
    original = await unpack(scratch.path, 'original', `docker-archive:${originalArchive}`);
    slim = await unpack(scratch.path, 'slim', `oci-archive:${slimArchive}`);
  });
  afterAll(async () => {
    await removeImages(tag);
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  testWith(
    oracles,
    'loses no content, mode, owner, time, xattr or link of a kept entry: rsync sees no difference',
    async () => {
      // Every byte is read (-c), nanoseconds count (--modify-window=-1), device nodes, hard links, ACLs and xattrs as well.
      const { stdout } = await execa('rsync', [
        ...['-n', '-aHAXc', '--numeric-ids', '--modify-window=-1', '--itemize-changes', '--8-bit-output'],
        ...[`${slim}/`, `${original}/`],
      ]);
      const differences = stdout.split('\n').filter((line) => line !== '');
      const explained = otherTimes.flatMap((path) => [`.d..t...... ${path}`, `.f..t...... ${path}`]);
      expect(differences.filter((line) => !explained.includes(line))).toEqual([]);
    },
  );

  testWith(
    oracles,
    'keeps types, setuid and sticky bits, owners beyond 16 bits, devices and nanoseconds: lstat sees none',
    async () => {
      const [of, kept] = [await lstatAll(original), await lstatAll(slim)];
      expect(Object.keys(kept).length).toBeGreaterThan(100);
      for (const [path, { mtime, inode: _, ...entry }] of Object.entries(kept)) {
        const { mtime: originalTime, inode: _inode, ...expected } = of[path] ?? ({} as Partial<Entry>);
        expect({ path, ...entry }).toEqual({ path, ...expected });
        if (!isOtherTime(path)) expect({ path, mtime }).toEqual({ path, mtime: originalTime });
      }
      expect(kept['kinds/keep/time-1960']?.mtime).toBe('0');
      for (const name of ['latin-\\xe9', 'raw-\\xff\\xfe\\x80', 'new\nline', 'utf-8 ü 日本 🦊', 'link-raw-\\xfd'])
        expect(Object.keys(kept), 'names are bytes').toContain(`kinds/keep/${name}`);
      expect(kept['kinds/keep/time-nano']?.mtime, 'the original has times below a second').toMatch(/123456789$/);
      expect(kept['kinds/keep/device-large']?.device).toBe('4095:1048575');
      expect(kept['kinds/keep/owner-4294967294:4294967294']?.owner).toBe('4294967294:4294967294');
    },
  );

  testWith(oracles, 'does not expand hard links: kept names are joined as in the original', async () => {
    const [of, kept] = [await lstatAll(original), await lstatAll(slim)];
    const names = Object.keys(kept);
    expect(groupsByInode(kept, names)).toEqual(groupsByInode(of, names));
    expect(groupsByInode(kept, names)).toContainEqual(
      ['hard-one', 'hard-three', 'hard-two'].map((name) => `kinds/keep/${name}`),
    );
    // Their first name stays behind in the original: what is kept has to carry the contents itself.
    expect(groupsByInode(kept, names)).toContainEqual(['kinds/keep/across-one', 'kinds/keep/across-two']);
  });

  testWith(oracles, 'keeps file capabilities and extended attributes as raw bytes', async () => {
    const [attributes, capabilities] = [await attributesOf(slim), await capabilitiesOf(slim)];
    const [originals, originalCapabilities] = [await attributesOf(original), await capabilitiesOf(original)];
    const isKept = ([path]: [string, string]) => existsSync(join(slim, path));
    expect(attributes).toEqual(new Map([...originals].filter(isKept)));
    expect(capabilities).toEqual(new Map([...originalCapabilities].filter(isKept)));
    expect(attributes.get('kinds/keep/xattr-binary')).toContain('user.raw=0x00ff80c3280a3d20');
    expect([...capabilities.keys()]).toContain('kinds/keep/capability');
  });
});

function isOtherTime(path: string): boolean {
  return otherTimes.includes(path) || otherTimes.includes(`${path}/`);
}

async function unpack(directory: string, name: string, source: string): Promise<string> {
  const layout = join(directory, `${name}-oci`);
  await execa('skopeo', ['copy', '--insecure-policy', '--quiet', source, `oci:${layout}:it`]);
  await execa('umoci', ['unpack', '--image', `${layout}:it`, join(directory, name)]);
  return join(directory, name, 'rootfs');
}

interface Entry {
  readonly type: string;
  readonly mode: string;
  readonly owner: string;
  readonly size: number;
  readonly mtime: string;
  readonly device: string;
  readonly target: string | null;
  readonly inode: number;
}

// Python reads names as bytes and times as nanoseconds; a directory's size is the file system's business.
const lstatScript = `
import json, os, stat, sys
root = os.fsencode(sys.argv[1])
found = {}
for directory, directories, files in os.walk(root):
    for name in [b""] + directories + files:
        path = os.path.join(directory, name)
        if name == b"" and directory != root: continue
        s = os.lstat(path)
        kind = stat.S_IFMT(s.st_mode)
        found[os.path.relpath(path, root).decode("utf-8", "backslashreplace")] = {
            "type": oct(kind), "mode": oct(stat.S_IMODE(s.st_mode)), "owner": f"{s.st_uid}:{s.st_gid}",
            "size": 0 if kind == stat.S_IFDIR else s.st_size, "mtime": str(s.st_mtime_ns),
            "device": f"{os.major(s.st_rdev)}:{os.minor(s.st_rdev)}", "inode": s.st_ino,
            "target": os.readlink(path).decode("utf-8", "backslashreplace") if kind == stat.S_IFLNK else None,
        }
print(json.dumps(found))
`;

async function lstatAll(root: string): Promise<Record<string, Entry>> {
  const { stdout } = await execa('python3', ['-c', lstatScript, root]);
  return JSON.parse(stdout) as Record<string, Entry>;
}

/** The sets of names that share an inode. */
function groupsByInode(entries: Record<string, Entry>, names: readonly string[]): string[][] {
  const groups = new Map<number, string[]>();
  for (const name of [...names].sort()) {
    const inode = entries[name]?.inode ?? -1;
    groups.set(inode, [...(groups.get(inode) ?? []), name]);
  }
  return [...groups.values()].filter((group) => group.length > 1).sort();
}

/** Every file's attributes as `getfattr` dumps them in hexadecimal, by path. */
async function attributesOf(root: string): Promise<Map<string, string>> {
  const { stdout } = await execa('getfattr', ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '.'], { cwd: root });
  return new Map(
    stdout
      .split('\n\n')
      .filter((block) => block !== '')
      .map((block) => {
        const [head = '', ...lines] = block.split('\n').filter((line) => line !== '');
        return [head.replace(/^# file: /, ''), lines.sort().join('\n')];
      }),
  );
}

async function capabilitiesOf(root: string): Promise<Map<string, string>> {
  const { stdout } = await execa('getcap', ['-r', '.'], { cwd: root });
  return new Map(
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [path = '', capabilities = ''] = line.split(/ (?=[^ ]+$)/);
        return [path.replace(/^\.\//, ''), capabilities];
      }),
  );
}
