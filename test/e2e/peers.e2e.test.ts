import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { baseImage } from '../support/fixture-base.ts';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import {
  buildTestImage,
  describeOnEngine,
  docker,
  inspectImage,
  pathsInLayers,
  removeImages,
} from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

// What users of other slimmers reported, where no fixture's own test shows it already. Files that an app deletes or makes while it
// is probed, users by name, HEALTHCHECK's tools and shell entrypoints are fixtures too (healthcheck, shell-entrypoint).

/** Does to its own files all that an app may do, as a user by name, as PID 1, and ends with exit code 3. */
const app = `
import glob, hashlib, os, pwd, subprocess, sys
sys.path.insert(0, "/app")
import lazy  # leaves a __pycache__ behind
print("config", open("/app/changed.conf").read().strip())
open("/app/changed.conf", "w").write("changed by the run\\n")
print("deleted", open("/app/deleted.txt").read().strip()); os.unlink("/app/deleted.txt")
print("renamed", open("/app/renamed.txt").read().strip()); os.rename("/app/renamed.txt", "/app/renamed-since.txt")
open("/app/made.txt", "w").write("made by the run\\n"); os.mkdir("/app/made"); open("/tmp/made", "w").close()
os.chmod("/app/chmodded", 0o777)
for path in sorted(glob.glob("/app/big*")): print(path, hashlib.sha256(open(path, "rb").read()).hexdigest())
print("through", open("/app/via/inner/file").read().strip(), os.readlink("/app/dangling"))
print("setuid", subprocess.run(["/usr/local/bin/helper", "-u"], capture_output=True, text=True).stdout.strip())
print("user", pwd.getpwuid(os.getuid()).pw_name, "pid", os.getpid())
for n in range(5):
    if os.fork() == 0: os._exit(0)
while True:
    try: os.wait()
    except ChildProcessError: break
print("no child left", flush=True)
sys.exit(3)
`;

const dockerfile = `
FROM slimtrace-fixture/toolchain:latest
RUN useradd --uid 1234 --create-home app && mkdir -p /app /data/real/inner && cp /usr/bin/id /usr/local/bin/helper \\
 && chmod 4755 /usr/local/bin/helper && echo pristine >/app/changed.conf && echo there >/app/deleted.txt && echo there >/app/renamed.txt \\
 && echo x >/app/chmodded && chmod 0640 /app/chmodded \\
 && head -c 4000000 /dev/urandom >/app/big1 && for n in 2 3 4 5; do ln /app/big1 /app/big$n; done \\
 && echo inner >/data/real/inner/file && ln -s /data/real /app/via && ln -s /nowhere/at/all /app/dangling && chown -Rh app:app /app
COPY --chown=app:app app.py lazy.py /app/
USER app
CMD ["python3", "/app/app.py"]
`;

const tag = 'slimtrace-test/peers:slim';

describeOnEngine('what went wrong elsewhere', () => {
  let slimtrace: Slimtrace;
  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    await ensureFixtureImage('toolchain');
  });
  afterAll(async () => {
    await removeImages(tag, `${tag}-failed`, 'slimtrace-test/app:latest');
    await slimtrace[Symbol.asyncDispose]();
  });

  describe('an app that does not leave its own files alone', () => {
    let image: string;
    let paths: Set<string>;
    beforeAll(async () => {
      image = await buildTestImage('app', dockerfile, { 'app.py': app, 'lazy.py': 'imported = True\n' });
      const outcome = await slimtrace.run(['slim', image, '--tag', tag, '--timeout', '120', '--exit=3']);
      expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
      paths = await pathsInLayers(tag);
    });

    test('answers and ends as before, with its own exit code (25)', async () => {
      const runs = await Promise.all(
        [image, tag].map((name) => execa('docker', ['run', '--rm', name], { reject: false })),
      );
      const [original, slim] = runs.map(({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr }));
      expect(original).toMatchObject({ exitCode: 3, stderr: '' });
      expect(slim).toEqual(original);
    });

    test('what it deleted or renamed away is there (12), and what it changed is as it was', async () => {
      expect([...paths]).toEqual(expect.arrayContaining(['/app/deleted.txt', '/app/renamed.txt']));
      expect(await read(tag, '/app/changed.conf')).toEqual({
        text: 'pristine\n',
        mode: '-rw-r--r--',
        owner: '1234/1234',
      });
      expect(await read(tag, '/app/chmodded')).toMatchObject({ mode: '-rw-r-----' });
    });

    test('what it made is not there: files, directories, caches (13)', () => {
      const made = ['/app/made.txt', '/app/made', '/tmp/made', '/app/renamed-since.txt', '/app/__pycache__'];
      expect([...paths].filter((path) => made.some((name) => path.startsWith(name)))).toEqual([]);
    });

    test('five names of one file are not five files (8)', async () => {
      const { Size } = await inspectImage(tag);
      for (const name of [1, 2, 3, 4, 5]) expect(paths).toContain(`/app/big${name}`);
      expect(Size).toBeLessThan(30_000_000);
      const { stdout } = await execa('docker', [
        'run',
        '--rm',
        '--entrypoint',
        'python3',
        tag,
        '-c',
        'import os; print(os.stat("/app/big3").st_nlink)',
      ]);
      expect(stdout).toBe('5');
    });

    test('links to directories and to nowhere stay links (11)', async () => {
      expect(await read(tag, '/app/via')).toMatchObject({ mode: 'lrwxrwxrwx', owner: '1234/1234' });
      expect(await read(tag, '/app/dangling')).toMatchObject({ mode: 'lrwxrwxrwx' });
      expect(paths).toContain('/data/real/inner/file');
    });

    test('/tmp keeps its sticky bit, and owners stay who they were (9)', async () => {
      expect(await read(tag, '/tmp')).toMatchObject({ mode: 'drwxrwxrwt', owner: '0/0' });
      expect(await read(tag, '/app/app.py')).toMatchObject({ owner: '1234/1234' });
      expect(await read(tag, '/usr/local/bin/helper')).toMatchObject({ mode: '-rwsr-xr-x', owner: '0/0' });
    });

    test('it says which distribution it is, for scanners (7)', async () => {
      expect((await read(tag, '/usr/lib/os-release')).text).toContain('ID=debian');
      expect(await read(tag, '/etc/os-release')).toMatchObject({ mode: 'lrwxrwxrwx' });
    });
  });

  const slimBase = async (args: readonly string[]) => {
    const outcome = await slimtrace.run(['slim', baseImage, '--tag', tag, '--timeout', '120', ...args]);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    return outcome;
  };

  test("data of the user's volumes is not in the image, and stays in the volume (14)", async () => {
    const volume = await docker(['volume', 'create']);
    try {
      await docker(['run', '--rm', '--volume', `${volume}:/data`, baseImage, 'sh', '-c', 'echo mine >/data/secret']);
      await slimBase(['--volume', `${volume}:/data`, '--exit', '--', 'cat', '/data/secret']);
      expect(await pathsInLayers(tag)).not.toContain('/data/secret');
      const kept = await docker(['run', '--rm', '--volume', `${volume}:/data`, baseImage, 'cat', '/data/secret']);
      expect(kept).toBe('mine');
    } finally {
      await docker(['volume', 'rm', volume]);
    }
  });

  test('an app that waits for all its children as PID 1 does not wait for the tracer (6)', async () => {
    await slimBase(['--exit', '--', 'perl', '-e', 'fork or exit for 1..9; 1 while wait != -1; print "all gone\\n"']);
  });

  test('an app that ignores its stop signal, and is killed, is traced all the same', async () => {
    const stubborn = [
      'perl',
      '-e',
      '$SIG{$_} = "IGNORE" for qw(TERM INT HUP QUIT); $| = 1; print "up\\n"; sleep 1 while 1',
    ];
    await slimBase(['--stop-timeout', '1', '--exec', 'cat /etc/debian_version', '--', ...stubborn]);
    expect(await pathsInLayers(tag)).toContain('/etc/debian_version');
  });

  test('an app that kills every process it can see is traced to its end', async () => {
    await slimBase(['--exit', '--', 'sh', '-c', 'perl -e "kill KILL => -1"; cat /etc/debian_version']);
    expect(await pathsInLayers(tag)).toContain('/etc/debian_version');
  });

  test('an app with setuid parts, run as a user without a name in the image', async () => {
    await slimBase([
      '--run-user',
      '54321:54321',
      '--exit',
      '--',
      'sh',
      '-c',
      'id -u; test -u /usr/bin/passwd && cat /etc/debian_version',
    ]);
    expect(await read(tag, '/usr/bin/passwd')).toMatchObject({ mode: '-rwsr-xr-x' });
  });

  test('a probe that fails is no success with an almost empty image (4)', async () => {
    await removeImages(tag);
    const outcome = await slimtrace.run(['slim', baseImage, '--tag', tag, '--exit', '--', 'sh', '-c', 'exit 1']);
    expect(outcome.exitCode, outcome.stderr).toBe(3);
    await expect(inspectImage(tag)).rejects.toThrow(/no such image/i);
  });
});

/** One entry of an image, read by the engine's own copy and GNU tar. */
async function read(image: string, path: string): Promise<{ text: string; mode: string; owner: string }> {
  const id = await docker(['create', image, 'unused']);
  try {
    const { stdout: archive } = await execa('docker', ['cp', `${id}:${path}`, '-'], { encoding: 'buffer' });
    const { stdout: listed } = await execa('tar', ['-tv', '--numeric-owner'], { input: archive });
    const { stdout: text } = await execa('tar', ['-xO'], { input: archive, stripFinalNewline: false });
    const [mode = '', owner = ''] = listed.split(/\s+/);
    return { text, mode, owner };
  } finally {
    await docker(['rm', '--volumes', id]);
  }
}
