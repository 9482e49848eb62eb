import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chooseContainerEngines, chooseEngine, type EngineQuestion } from '../../src/engine/detect.ts';

const docker = `case "$1" in
  --version) echo 'Docker version 28.2.2, build e6534b4';;
  version) printf '20.10.24|Engine,containerd,runc,';;
  *) echo "unexpected: $*" >&2; exit 64;;
esac`;
const dockerWithoutDaemon = `[ "$1" = --version ] && { echo 'Docker version 28.2.2'; exit; }
echo 'WARNING: something else' >&2
echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2
exit 1`;
const podman = `case "$1" in
  --version) echo 'podman version 4.3.1';;
  info) echo 4.3.1;;
  *) echo "unexpected: $*" >&2; exit 64;;
esac`;
const brokenPodman = `[ "$1" = --version ] && { echo 'podman version 4.3.1'; exit; }
echo 'time="…" level=warning msg="that is not it"' >&2
echo 'Error: cannot re-exec process' >&2
exit 125`;

describe('which engine it is to be', () => {
  let path: string;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'clients-'));
    vi.stubEnv('PATH', path);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(path, { recursive: true });
  });

  /** Nothing is on PATH but these. */
  async function choose(clients: Readonly<Record<string, string>>, question: Partial<EngineQuestion> = {}) {
    await writeClients(clients);
    const signal = new AbortController().signal;
    return await chooseEngine({ requested: 'auto', isArchive: false, signal, ...question });
  }

  async function chooseAll(clients: Readonly<Record<string, string>>, requested: 'auto' | 'podman' = 'auto') {
    await writeClients(clients);
    const { choices, unusable } = await chooseContainerEngines({ requested, signal: new AbortController().signal });
    return [...choices.map(({ kind }) => kind), ...unusable];
  }

  async function writeClients(clients: Readonly<Record<string, string>>) {
    for (const [name, script] of Object.entries(clients)) {
      await writeFile(join(path, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(path, name), 0o755);
    }
  }

  test('a container is looked for on both, and the one that can’t be asked is told', async () => {
    expect(await chooseAll({ docker, podman })).toEqual(['docker', 'podman']);
    expect(await chooseAll({ docker, podman }, 'podman')).toEqual(['podman']);
    expect(await chooseAll({ docker, podman: brokenPodman })).toEqual(['docker', 'podman: cannot re-exec process']);
  });

  test('a container is looked for nowhere without an engine: the error says why of each, and nothing of archives', async () => {
    const error = await chooseAll({ docker: dockerWithoutDaemon }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'no-engine', hint: 'start the one that runs the container' });
    expect(error).toMatchObject({ message: expect.stringMatching(/docker: Cannot connect .*; podman: not found/) });
  });

  test('auto: docker, whose daemon answers, before podman', async () => {
    expect(await choose({ docker, podman })).toEqual({
      kind: 'docker',
      command: 'docker',
      why: 'Docker 20.10.24 answers',
    });
  });

  test('auto: a docker client without a daemon is no engine', async () => {
    expect(await choose({ docker: dockerWithoutDaemon, podman })).toEqual({
      kind: 'podman',
      command: 'podman',
      why: 'Podman 4.3.1 works; docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    });
  });

  test('auto: podman where there is no docker', async () => {
    expect(await choose({ podman })).toMatchObject({ kind: 'podman', why: 'Podman 4.3.1 works; docker: not found' });
  });

  test('a docker command that is podman in disguise is podman, asked for or not', async () => {
    const disguised = `echo 'Emulate Docker CLI using podman.' >&2\n${podman}`;
    const choice = { kind: 'podman', command: 'docker', why: 'the docker command is Podman 4.3.1' };
    expect(await choose({ docker: disguised })).toEqual(choice);
    const asked = await choose({ docker: disguised }, { requested: 'docker' });
    expect(asked).toEqual({ ...choice, why: `as asked; ${choice.why}` });
    expect(await choose({ docker: disguised, podman }), 'its own name adds nothing to what containers print').toEqual({
      ...choice,
      command: 'podman',
    });
  });

  test('Docker’s client on podman’s socket is docker, and is said to be so', async () => {
    const service = docker.replace('20.10.24|Engine,containerd,runc,', '4.3.1|Podman Engine,Conmon,');
    expect(await choose({ docker: service })).toMatchObject({
      kind: 'docker',
      why: 'Podman 4.3.1 answers Docker’s client',
    });
  });

  test('auto: a client that hangs is passed over', async () => {
    const hanging = `[ "$1" = --version ] && { echo 'Docker version 28.2.2'; exit; }\nexec /bin/sleep 60`;
    expect(await choose({ docker: hanging, podman }, { deadlineMs: 200 })).toMatchObject({
      kind: 'podman',
      why: 'Podman 4.3.1 works; docker: no answer within 0.2 s',
    });
  });

  test('auto: an archive goes to the embedded engine, without asking any other', async () => {
    const telling = `: >'${join(path, 'asked')}'`;
    expect(await choose({ docker: telling, podman: telling }, { isArchive: true })).toEqual({
      kind: 'embedded',
      why: 'an archive needs no other',
    });
    expect(await readdir(path)).toEqual(['docker', 'podman']);
  });

  test('auto: neither for an engine’s image: both failures, and what would do', async () => {
    const failure = await choose({ docker: dockerWithoutDaemon, podman: brokenPodman }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'no-engine',
      exitCode: 3,
      message:
        'no container engine: docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?; podman: cannot re-exec process',
      hint: expect.stringMatching(/archive.*docker-archive:FILE/),
    });
    await expect(choose({ docker: 'exit 1', podman: 'exit 0' })).rejects.toMatchObject({
      details: { docker: 'exit code 1 and no word why', podman: 'exit code 0 and no word why' },
    });
  });

  test('asked for and not there', async () => {
    await expect(choose({ podman }, { requested: 'docker' })).rejects.toMatchObject({
      code: 'engine-missing',
      hint: 'install Docker, or put its client on PATH',
    });
    await rm(join(path, 'podman'));
    await expect(choose({ docker }, { requested: 'podman' })).rejects.toMatchObject({
      code: 'engine-missing',
      message: 'no container engine: the `podman` command was not found',
      hint: 'install Podman, or put it on PATH',
    });
  });

  test('asked for and unusable: what was seen is the cause, and no other is taken', async () => {
    await expect(choose({ docker: dockerWithoutDaemon, podman }, { requested: 'docker' })).rejects.toMatchObject({
      code: 'engine-unreachable',
      cause: { message: expect.stringMatching(/^Cannot connect to the Docker daemon/) },
    });
    await expect(choose({ docker, podman: brokenPodman }, { requested: 'podman' })).rejects.toMatchObject({
      code: 'engine-unreachable',
      cause: { message: 'cannot re-exec process' },
      hint: expect.stringMatching(/podman info/),
    });
  });

  test('asked for and there, for an archive as well', async () => {
    const choice = await choose({ docker, podman }, { requested: 'podman', isArchive: true });
    expect(choice).toEqual({ kind: 'podman', command: 'podman', why: 'as asked; Podman 4.3.1 works' });
    expect(await choose({}, { requested: 'embedded' })).toEqual({ kind: 'embedded', why: 'as asked' });
  });

  test('an abort ends the asking with its reason', async () => {
    const abort = new AbortController();
    const choice = choose({ docker: 'exec /bin/sleep 60' }, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('of the test')), 100);
    await expect(choice).rejects.toThrow('of the test');
  });
});
