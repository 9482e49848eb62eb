import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { describeOnEngine, imageId, openScratch, removeImages, testWith } from '../support/run-docker.ts';
import { type Outcome, openSlimtrace, type RunSettings, type Slimtrace } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/errors:slim';
const jq = 'slimtrace-fixture/jq:latest';

interface Failure {
  readonly exitCode: 2 | 3;
  /** The rest of the `error:` line. */
  readonly error: RegExp;
  readonly because?: RegExp;
  readonly hint: RegExp;
}

describeOnEngine('bad input ends with the right exit code, a clear error, a hint, and nothing left behind', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  const file = (name: string) => join(scratch.path, name);

  const expectFailure = async (args: readonly string[], failure: Failure, settings?: RunSettings): Promise<Outcome> => {
    const outcome = await slimtrace.run(args, settings);
    expect(outcome, args.join(' ')).toMatchObject({ exitCode: failure.exitCode, stdout: '' });
    expect(outcome.stderr).toMatch(new RegExp(`^error: .*${failure.error.source}`, 'm'));
    if (failure.because !== undefined)
      expect(outcome.stderr).toMatch(new RegExp(`^because: .*${failure.because.source}`, 'm'));
    expect(outcome.stderr).toMatch(new RegExp(`^hint: .*${failure.hint.source}`, 'm'));
    expect(outcome.stderr, 'a stack is for bugs only').not.toMatch(/^ {4}at /m);
    expect(await imageId(tag), 'no image').toBeUndefined();
    return outcome;
  };

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    await ensureFixtureImage('jq');
  });
  afterAll(async () => {
    await removeImages(tag, 'slimtrace-test/foreign:latest');
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  describe('the engine and the image', () => {
    test('an image that is not there', async () => {
      await expectFailure(['slim', 'slimtrace-test/nowhere:1', '--tag', tag, '--exit'], {
        exitCode: 3,
        error: /image not found: slimtrace-test\/nowhere:1/,
        hint: /docker pull slimtrace-test\/nowhere:1/,
      });
    });

    test('a text that is no image name', async () => {
      await expectFailure(['slim', 'no such\timage', '--tag', tag, '--exit'], {
        exitCode: 3,
        error: /image/,
        hint: /./,
      });
    });

    test('no docker client on PATH', async () => {
      const settings = { env: { PATH: '/nonexistent' }, leavesEngineAlone: true };
      const failure = { exitCode: 3, error: /`docker` command was not found/, hint: /install Docker/ } as const;
      await expectFailure(['slim', jq, '--engine', 'docker', '--tag', tag, '--exit'], failure, settings);
    });

    test.each(['tcp://127.0.0.1:9', 'unix:///nonexistent/docker.sock', 'ssh://nobody@127.0.0.1:9'])(
      'DOCKER_HOST=%s, where no daemon is',
      async (host) => {
        const settings = { env: { DOCKER_HOST: host }, leavesEngineAlone: true };
        const failure = { exitCode: 3, error: /engine does not answer/, because: /./, hint: /docker info/ } as const;
        await expectFailure(['slim', jq, '--engine', 'docker', '--tag', tag, '--exit'], failure, settings);
      },
    );

    test('an image of another architecture, before anything is run', async () => {
      const other = (await engineArchitecture()) === 'arm64' ? 'amd64' : 'arm64';
      await loadForeignImage('slimtrace-test/foreign:latest', other, scratch.path);
      await expectFailure(['slim', 'slimtrace-test/foreign:latest', '--tag', tag, '--exit'], {
        exitCode: 3,
        error: new RegExp(`the image is built for ${other}, and the engine runs`),
        hint: /machine of that architecture/,
      });
    });

    test('an image that exits at once', async () => {
      const image = await ensureFixtureImage('exits-at-once');
      const { stderr } = await expectFailure(['slim', image, '--tag', tag, '--timeout', '60'], {
        exitCode: 3,
        error: /no check passed on the original image.*ended with exit code 7/,
        hint: /--http, --exec, --tcp or --exit/,
      });
      expect(stderr).toContain('fatal: cannot connect to the database');
    });

    test('an app that never becomes ready, and ignores SIGTERM', async () => {
      const image = await ensureFixtureImage('never-ready');
      const { stderr } = await expectFailure(['slim', image, '--tag', tag, '--timeout', '3', '--http', '/'], {
        exitCode: 3,
        error: /no check passed on the original image.*still after 3 s/,
        hint: /./,
      });
      expect(stderr).toContain('waiting for something that never comes');
    });

    test('a command that does not exist in the image', async () => {
      await expectFailure(['slim', jq, '--tag', tag, '--entrypoint', '/no/such/program', '--exit'], {
        exitCode: 3,
        error: /./,
        hint: /./,
      });
    });
  });

  describe('what cannot be written', () => {
    test.each(['--output', '--report'])('%s: a missing directory, a directory', async (flag) => {
      await mkdir(file(`directory${flag}`), { recursive: true });
      for (const target of [file('missing/deeper/file'), file(`directory${flag}`)]) {
        await expectFailure(['slim', jq, '--exit', '--tag', tag, flag, target], {
          exitCode: 3,
          error: new RegExp(`could not write ${target}`),
          because: /(?:ENOENT|not a regular file)/,
          hint: /directory/,
        });
      }
      expect((await readdir(scratch.path)).filter((name) => name.includes('partial'))).toEqual([]);
      expect(await readdir(file(`directory${flag}`))).toEqual([]);
    });

    testWith(['root', 'mount'], '--output and --report on a read-only file system', async () => {
      await using _mounted = await mountTmpfs(file('read-only'), 'ro');
      for (const flag of ['--output', '--report'])
        await expectFailure(['slim', jq, '--exit', '--tag', tag, flag, file('read-only/file')], {
          exitCode: 3,
          error: /could not write .*read-only\/file/,
          because: /EROFS/,
          hint: /may be written/,
        });
    });

    testWith(['root', 'mount'], 'a full disk under the temporary directory', async () => {
      const directory = file('small');
      await using _mounted = await mountTmpfs(directory, 'size=1m');
      const failure = { exitCode: 3, error: /no space left for temporary files/, hint: /TMPDIR/ } as const;
      await expectFailure(['slim', jq, '--exit', '--tag', tag], failure, { temporaryDirectory: directory });
    });

    // The files are fetched and then written again as the layer: the room may be enough for the one and not for the other.
    testWith(['root', 'mount'], 'a disk that fills up while the layer is written', async () => {
      const directory = file('middling');
      await using _mounted = await mountTmpfs(directory, 'size=6m');
      const failure = { exitCode: 3, error: /no space left/, hint: /./ } as const;
      await expectFailure(['slim', jq, '--exit', '--tag', tag], failure, { temporaryDirectory: directory });
    });

    testWith(['root', 'mount'], 'a full disk under --output leaves no half archive', async () => {
      const directory = file('full');
      await using _mounted = await mountTmpfs(directory, 'size=1m');
      await expectFailure(['slim', jq, '--exit', '--tag', tag, '--output', join(directory, 'slim.tar')], {
        exitCode: 3,
        error: /could not write .*slim\.tar$/,
        because: /ENOSPC/,
        hint: /disk is not full/,
      });
      expect(await readdir(directory)).toEqual([]);
    });
  });

  describe('flags', () => {
    const unreadable = { exitCode: 2, error: /could not read .*nowhere/, because: /ENOENT/, hint: /./ } as const;
    const cases: readonly (readonly [args: readonly string[], failure: Failure])[] = [
      [
        ['slim', jq, '--http', 'nonsense'],
        { exitCode: 2, error: /--http "nonsense" is not/, hint: /for example --http/ },
      ],
      [['slim', jq, '--http', '/=abc=1'], { exitCode: 2, error: /--http|--port|exposes none/, hint: /./ }],
      [['slim', jq, '--http', '/'], { exitCode: 2, error: /--http needs a port/, hint: /--port/ }],
      [['slim', jq, '--exec', 'jq "open'], { exitCode: 2, error: /the quote " is never closed/, hint: /./ }],
      [['slim', jq, '--exec', 'jq . | cat'], { exitCode: 2, error: /"\|" needs a shell/, hint: /sh -c/ }],
      [['slim', jq, '--exec', ''], { exitCode: 2, error: /--exec needs a command/, hint: /./ }],
      [['slim', jq, '--port', '0'], { exitCode: 2, error: /--port "0" is not a port/, hint: /./ }],
      [['slim', jq, '--tcp', '65536'], { exitCode: 2, error: /--tcp "65536" is not a port/, hint: /./ }],
      [['slim', jq, '--timeout', 'soon'], { exitCode: 2, error: /--timeout "soon" is not a time/, hint: /./ }],
      [['slim', jq, '--exit=300'], { exitCode: 2, error: /--exit "300" is not an exit code/, hint: /--exit=0/ }],
      [['slim', jq, '--exit', '--exec', 'jq .'], { exitCode: 2, error: /--exit cannot be combined/, hint: /./ }],
      [['slim', jq, '--exit', '--tag', 'Not A Name'], { exitCode: 2, error: /--tag "Not A Name" is not/, hint: /./ }],
      [['slim', jq, '--exit', '--include-from', '/nowhere'], unreadable],
      [['slim', jq, '--exit', '--env-file', '/nowhere'], unreadable],
      [['slim', jq, '--exit', '--certs', '/nowhere'], { exitCode: 2, error: /could not use --certs/, hint: /./ }],
      [['build', jq, '--exit', '--trace', '/nowhere'], unreadable],
      [['build', jq, '--exit'], { exitCode: 2, error: /--trace/, hint: /./ }],
      [['slim', jq, '--exit', '--unheard-of'], { exitCode: 2, error: /unknown option '--unheard-of'/, hint: /./ }],
      [['slm', jq], { exitCode: 2, error: /unknown command 'slm'/, hint: /./ }],
      [['slim'], { exitCode: 2, error: /no image is named/, hint: /./ }],
    ];
    test.each(cases.map(([args, failure]) => [args.join(' '), args, failure] as const))(
      '%s',
      async (_name, args, failure) => {
        const withTag = args.includes('--tag') || args.length < 3 ? args : [...args, '--tag', tag];
        const { stderr } = await expectFailure(withTag, failure);
        expect(stderr, 'told before any work').not.toMatch(/under the trace:/);
      },
    );

    test('--env-file: Node.js 20 would take it for its own flag, and end with exit code 9', async () => {
      const direct = fileURLToPath(new URL('../../bin/slimtrace.js', import.meta.url));
      const { exitCode, stderr } = await execa(direct, ['slim', jq, '--exit', '--tag', tag, '--env-file', '/nowhere'], {
        reject: false,
      });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: expect.stringContaining('error: could not read /nowhere'),
      });
    });

    test('SOURCE_DATE_EPOCH that is no number', async () => {
      const failure = { exitCode: 2, error: /SOURCE_DATE_EPOCH="yesterday"/, hint: /./ } as const;
      await expectFailure(['slim', jq, '--exit', '--tag', tag], failure, { env: { SOURCE_DATE_EPOCH: 'yesterday' } });
    });

    test('--tag that names the original', async () => {
      const before = await imageId(jq);
      const failure = { exitCode: 2, error: /--tag .* is a name of the original image/, hint: /./ } as const;
      await expectFailure(['slim', jq, '--exit', '--tag', jq], failure);
      expect(await imageId(jq)).toBe(before);
    });
  });

  describe('traces', () => {
    test('a damaged trace, one of a later format, one with paths that are none', async () => {
      const whole = file('whole.json');
      expect((await slimtrace.run(['trace', jq, '--exit', '--output', whole])).exitCode).toBe(0);
      const text = await readFile(whole, 'utf8');
      const damaged = {
        'cut.json': text.slice(0, text.length / 2),
        'empty.json': '',
        'binary.json': '\0\u0001\u0002',
        'other.json': '{"hello": [1, 2]}',
        'later.json': text.replace('"schemaVersion": 2', '"schemaVersion": 3'),
        'relative.json': text.replace('["/etc/', '["etc/'),
        'null.json': 'null',
      };
      for (const [name, content] of Object.entries(damaged)) {
        await writeFile(file(name), content);
        const failure = { exitCode: 2, error: /not a usable trace/, hint: /./ } as const;
        await expectFailure(['build', jq, '--exit', '--tag', tag, '--trace', file(name)], failure);
      }
    });

    test('a trace of another image, before anything of it is run', async () => {
      const failure = {
        exitCode: 2,
        error: /not a usable trace: it was made from slimtrace-fixture\/jq.*that is another image$/,
        hint: /./,
      } as const;
      const image = await ensureFixtureImage('every-kind');
      const archive = file('never.tar');
      const args = ['--tag', tag, '--output', archive, '--verbose', '--trace', file('whole.json')];
      const { stderr } = await expectFailure(['build', image, '--exit', ...args], failure);
      expect(stderr, 'told before any work').not.toMatch(/baseline|select|verify/);
      // The one that reads the image's tree: in it the agent is all that runs.
      const created = stderr.match(/^\$ docker create .*/gm);
      expect(created).toEqual([expect.stringMatching(/ hold {2}\(exit 0/)]);
      expect((await readdir(scratch.path)).filter((name) => name.includes('never'))).toEqual([]);
    });
  });
});

/** An image of a file and a config, as a docker-archive made by hand (docker image spec v1.2). */
async function loadForeignImage(name: string, architecture: string, directory: string): Promise<void> {
  const at = join(directory, 'foreign');
  await mkdir(at);
  await writeFile(join(at, 'hello'), 'hello\n', { mode: 0o755 });
  await execa('tar', ['-C', at, '-cf', join(at, 'layer.tar'), 'hello']);
  const digest = createHash('sha256')
    .update(await readFile(join(at, 'layer.tar')))
    .digest('hex');
  const rootfs = { type: 'layers', diff_ids: [`sha256:${digest}`] };
  await writeFile(
    join(at, 'config.json'),
    JSON.stringify({ architecture, os: 'linux', config: { Cmd: ['/hello'] }, rootfs }),
  );
  await writeFile(
    join(at, 'manifest.json'),
    JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }]),
  );
  const { stdout } = await execa('tar', ['-C', at, '-c', 'manifest.json', 'config.json', 'layer.tar'], {
    encoding: 'buffer',
  });
  await execa('docker', ['load'], { input: stdout });
}

async function engineArchitecture(): Promise<string> {
  return (await execa('docker', ['version', '--format', '{{.Server.Arch}}'])).stdout.trim();
}

/** A file system of its own for a while. */
async function mountTmpfs(directory: string, options: string): Promise<AsyncDisposable> {
  await mkdir(directory);
  await execa('mount', ['-t', 'tmpfs', '-o', options, 'slimtrace-test', directory]);
  return { [Symbol.asyncDispose]: async () => void (await execa('umount', [directory])) };
}
