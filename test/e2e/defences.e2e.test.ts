import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import {
  describeOnEngine,
  docker,
  inspectImage,
  openScratch,
  removeImages,
  startContainer,
} from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace } from '../support/run-slimtrace.ts';

// What breaks later in images that others made small. Each row is used in a way that the trace never saw: it answers as the
// original does in the slim image, and doesn't in one that lacks the defence, which shows that the question is sharp.

/** What is traced, once for all rows that name it. */
interface Traced {
  readonly image: string;
  readonly args: readonly string[];
  readonly command: readonly string[];
}

/** How an image is broken on purpose: by flags of slimtrace, or by copying files as one does who doesn't know better. */
type Broken = { readonly flags: readonly string[] } | { readonly copiedAfter: readonly string[] };

interface Row {
  readonly name: string;
  readonly traced: keyof typeof traced;
  readonly broken: Broken;
  /** What `docker run` gets, and what must come out the same. */
  readonly args?: readonly string[];
  readonly command: readonly string[];
  readonly input?: string;
  /** Some programs print times: then only the exit code has to agree. */
  readonly onlyExitCode?: true;
}

const commands = (...lines: readonly string[]) => lines.join(' + ').split(' ');

const traced = {
  programs: {
    image: 'os-knowledge',
    args: ['--exit'],
    command: [
      'each',
      ...commands(
        'git --version',
        'id -u',
        'getent --version',
        'iconv -f UTF-8 -t UTF-16 /srv/text',
        'openssl version',
        'check-password',
        'ping -V',
        'first-run',
        'cat /srv/current',
        'tee --version',
        'test -e /',
      ),
    ],
  },
  settings: {
    image: 'os-knowledge',
    args: ['--exit', '--env', 'TZ=Asia/Tokyo', '--env', 'LANG=de_DE.UTF-8'],
    command: ['each', ...commands('local-time --version', 'weekday --version')],
  },
  entrypoint: {
    image: 'os-knowledge',
    args: ['--exit', '--entrypoint', 'docker-entrypoint.sh'],
    command: ['each', ...commands('show-identity', 'su keeper -c x')],
  },
  zone: {
    image: 'os-knowledge',
    args: ['--exit'],
    command: ['each', 'local-time', 'Europe/Berlin'],
  },
} as const satisfies Readonly<Record<string, Traced>>;

const without = (name: string): Broken => ({ flags: ['--without', name] });
const identityExcluded: Broken = { flags: ['--exclude', '/etc/passwd', '--exclude', '/etc/nsswitch.conf'] };
const copied: Broken = { copiedAfter: ['each', ...commands('show-identity', 'first-run')] };

const rows: readonly Row[] = [
  {
    name: 'TZ=Asia/Tokyo, which the run never asked for',
    traced: 'settings',
    broken: without('packs'),
    args: ['--env', 'TZ=Asia/Tokyo'],
    command: ['local-time'],
  },
  {
    name: 'Asia/Tokyo for a user, where the run had one in another zone',
    traced: 'zone',
    broken: without('packs'),
    command: ['local-time', 'Asia/Tokyo'],
  },
  {
    name: 'LANG=de_DE.UTF-8, of which the run used the character set',
    traced: 'settings',
    broken: without('packs'),
    args: ['--env', 'LANG=de_DE.UTF-8'],
    command: ['weekday'],
  },
  {
    name: 'iconv to SHIFT_JIS',
    traced: 'programs',
    broken: without('packs'),
    command: ['iconv', '-f', 'UTF-8', '-t', 'SHIFT_JIS', '/srv/text'],
  },
  {
    name: 'the legacy provider of OpenSSL',
    traced: 'programs',
    broken: without('packs'),
    command: ['openssl', 'dgst', '-provider', 'legacy', '-provider', 'default', '-md4', '/srv/text'],
  },
  {
    name: 'git’s templates',
    traced: 'programs',
    broken: without('packs'),
    command: ['git', 'init', '--quiet', '/tmp/repository'],
  },
  {
    name: 'git’s commands, hard links to one file',
    traced: 'programs',
    broken: copied,
    command: ['test', '/usr/lib/git-core/git-log', '-ef', '/usr/bin/git'],
  },
  {
    name: 'getpwnam for a user',
    traced: 'programs',
    broken: identityExcluded,
    command: ['id', 'keeper'],
  },
  {
    name: 'a host name through a module of the name service',
    traced: 'programs',
    broken: identityExcluded,
    command: ['getent', 'hosts', 'app.localhost'],
  },
  {
    name: 'a login through PAM',
    traced: 'programs',
    broken: without('packs'),
    command: ['check-password', 'keeper', 'correct horse'],
  },
  {
    name: 'the second branch of a shell entrypoint, which needs mkdir and chmod',
    traced: 'entrypoint',
    broken: without('scripts'),
    args: ['--entrypoint', 'docker-entrypoint.sh', '--env', 'STATE=/tmp/new'],
    command: ['show-identity'],
  },
  {
    name: 'su, which is setuid, for another user than root',
    traced: 'entrypoint',
    broken: copied,
    args: ['--user', '1000:1000'],
    command: ['su', 'keeper', '-c', 'x'],
    input: 'correct horse\n',
  },
  {
    name: 'ping, which has a file capability, for a user',
    traced: 'programs',
    broken: copied,
    // Otherwise the kernel lets everybody ping (icmp(7)).
    args: ['--user', '1000:1000', '--sysctl', 'net.ipv4.ping_group_range=1 0'],
    command: ['ping', '-c', '1', '-q', '127.0.0.1'],
    onlyExitCode: true,
  },
  {
    name: 'a file that the application deletes at its start',
    traced: 'programs',
    broken: copied,
    command: ['first-run'],
  },
  {
    name: 'a dangling link into a volume',
    traced: 'programs',
    broken: copied,
    command: ['each', ...commands('tee /srv/current', 'cat /var/lib/state/current')],
    input: 'kept in the volume\n',
  },
];

describeOnEngine('what the trace did not see', () => {
  let slimtrace: Slimtrace;
  const made = new Map<string, Promise<string>>();

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
  });
  afterAll(async () => {
    await removeImages(...(await Promise.all(made.values())));
    await slimtrace[Symbol.asyncDispose]();
  });

  const once = (key: string, make: (tag: string) => Promise<void>): Promise<string> => {
    const tag = `slimtrace-test/defences:${key.replace(/[^\w.-]+/g, '-').replace(/^-/, '')}`;
    const known = made.get(tag) ?? make(tag).then(() => tag);
    made.set(tag, known);
    return known;
  };

  const slim = (name: keyof typeof traced, flags: readonly string[] = []) =>
    once([name, ...flags].join('-'), async (tag) => {
      const { image, args, command } = traced[name];
      const options = ['--tag', tag, '--timeout', '30', '--quiet', ...flags, ...args];
      const outcome = await slimtrace.run(['slim', await ensureFixtureImage(image), ...options, '--', ...command]);
      // What is broken on purpose may be found out.
      expect(flags.length > 0 ? [0, 1] : [0], outcome.stderr + outcome.stdout).toContain(outcome.exitCode);
    });

  const breakImage = (name: keyof typeof traced, broken: Broken) =>
    'flags' in broken
      ? slim(name, broken.flags)
      : once(`${name}-copied`, async (tag) => copyCarelessly(await slim(name), broken.copiedAfter, tag));

  test.each(rows)('$name', async (row) => {
    const expected = await ask(await ensureFixtureImage(traced[row.traced].image), row);
    expect(expected.exitCode, expected.stderr).toBe(0);
    expect(await ask(await slim(row.traced), row)).toEqual(expected);
    expect(await ask(await breakImage(row.traced, row.broken), row), 'the broken image').not.toEqual(expected);
  });

  test('HEALTHCHECK with curl', async () => {
    const whole = await once('healthcheck', async (tag) => {
      const options = ['--tag', tag, '--timeout', '30', '--quiet', '--http', 'GET /=200'];
      const outcome = await slimtrace.run(['slim', await ensureFixtureImage('healthcheck'), ...options]);
      expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(0);
    });
    const broken = await once('healthcheck-broken', (tag) => spoil(whole, '/usr/bin/curl', tag));
    expect([await healthOf(whole), await healthOf(broken)]).toEqual(['healthy', 'unhealthy']);
  });
});

/** Runs a row's command as a user would; nothing of it goes out to a network. */
async function ask(image: string, { args = [], command, input = '', onlyExitCode }: Row) {
  const options = ['--rm', '--interactive', '--network', 'none', ...args];
  const { exitCode, stdout, stderr } = await execa('docker', ['run', ...options, image, ...command], {
    input,
    reject: false,
  });
  return onlyExitCode ? { exitCode, stdout: '', stderr: '' } : { exitCode, stdout, stderr };
}

/**
 * The files of an image as they are after a run, copied the careless way: links followed, each name a file of its own, no
 * attributes, no rights beyond reading, writing and executing.
 */
async function copyCarelessly(image: string, command: readonly string[], tag: string): Promise<void> {
  await using scratch = await openScratch();
  const [exported, copy] = [join(scratch.path, 'exported'), join(scratch.path, 'copy')];
  await mkdir(exported);
  const id = await docker(['create', '--network', 'none', image, ...command]);
  try {
    await execa('docker', ['start', '--attach', id], { reject: false });
    await execa('docker', ['export', id], { buffer: false }).pipe('tar', ['-x', '-p', '-C', exported]);
  } finally {
    await docker(['rm', '--force', '--volumes', id]);
  }
  await execa('cp', ['--recursive', '--dereference', exported, copy], { reject: false });
  const { Env, Cmd } = (await inspectImage(image)).Config as { Env?: string[]; Cmd?: string[] };
  const changes = [...(Env ?? []).map((line) => `ENV ${line}`), `CMD ${JSON.stringify(Cmd ?? [])}`];
  await execa('tar', ['-c', '-C', copy, '.'], { buffer: false }).pipe('docker', [
    'import',
    ...changes.flatMap((change) => ['--change', change]),
    '-',
    tag,
  ]);
}

/** An image with an empty file in a program's place. */
async function spoil(image: string, path: string, tag: string): Promise<void> {
  await using context = await openScratch();
  await writeFile(join(context.path, 'nothing'), '');
  await writeFile(join(context.path, 'Dockerfile'), `FROM ${image}\nCOPY nothing ${path}\n`);
  await execa('docker', ['build', '--quiet', '--tag', tag, context.path], { env: { DOCKER_BUILDKIT: '0' } });
}

/** What the engine says of a container's health once it has made up its mind. */
async function healthOf(image: string): Promise<string> {
  // Zero would mean the image’s own start period, in which no failure counts.
  const settings = ['--health-interval', '300ms', '--health-start-period', '1ms', '--health-retries', '15'];
  await using container = await startContainer(image, { args: settings });
  for (let attempt = 0; ; attempt += 1) {
    const state = await docker(['inspect', '--format', '{{.State.Health.Status}}', container.id]);
    if (state !== 'starting' || attempt === 300) return state;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
