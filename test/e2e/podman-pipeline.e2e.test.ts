import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CiReport } from '../../src/report/ci/ci-report.ts';
import type { SlimReport } from '../../src/report/report.ts';
import { baseImage, ensureBaseImage } from '../support/fixture-base.ts';
import { describeOnEngine, docker, openScratch, removeImages } from '../support/run-docker.ts';
import { configurePodman, describeOnPodman, leftOnPodman, podman } from '../support/run-podman.ts';
import { openSlimtrace, type Running, type RunSettings, type Slimtrace, until } from '../support/run-slimtrace.ts';
import { busyboxEntries, writeSmallArchive } from '../support/small-archive.ts';

const repository = 'slimtrace-test/podman-pipeline';
const [first, next] = [`${repository}:1`, `${repository}:2`];
const tagOf = (name: string) => `${repository}:${name}-slim`;
const command = 'cat /etc/motd /etc/more 2>&1; true';
const checks = ['--exit', '--', 'sh', '-c', command];

/** A `podman` on PATH that gives nobody more rights. */
async function withoutPrivileges(directory: string): Promise<RunSettings> {
  const bin = join(directory, 'bin');
  await mkdir(bin);
  const refuse =
    'case "$word" in --cap-add*|--privileged*|--security-opt*unconfined*|--pid*) echo refused >&2; exit 125;; esac';
  const script = `#!/bin/sh\nfor word; do ${refuse}; done\nPATH=\${PATH#*:}\nexec podman "$@"\n`;
  await writeFile(join(bin, 'podman'), script, { mode: 0o755 });
  return { env: { PATH: `${bin}:${process.env.PATH}` }, leavesEngineAlone: true };
}

describeOnEngine('a pipeline', () => {
  describeOnPodman('on podman', () => {
    let podmanSettings: AsyncDisposable;
    let slimtrace: Slimtrace;
    let scratch: Awaited<ReturnType<typeof openScratch>>;
    const fileOf = (name: string) => join(scratch.path, name);
    const onPodman: RunSettings = { leavesEngineAlone: true };

    /** To its end, with nothing left on Podman. */
    const run = async (args: readonly string[], settings = onPodman) => {
      const running = slimtrace.start(args, settings);
      const outcome = await running.ended;
      expect(await leftOnPodman(running.pid), outcome.stderr).toEqual([]);
      return outcome;
    };

    beforeAll(async () => {
      podmanSettings = await configurePodman();
      slimtrace = await openSlimtrace();
      scratch = await openScratch();
      const entries = { ...busyboxEntries(), 'etc/motd': 'hello\n', 'etc/spare': 'never read\n' };
      await writeSmallArchive(fileOf('1.tar'), first, entries, { Cmd: ['sh', '-c', command] });
      // Large enough for the moment in which it is written out to be seen.
      const more = { ...entries, 'etc/more': 'more\n', 'usr/share/large': { bytes: Buffer.alloc(300_000_000) } };
      await writeSmallArchive(fileOf('2.tar'), next, more, { Cmd: ['sh', '-c', command] });
      await docker(['load', '--quiet', '--input', fileOf('1.tar')]);
      for (const file of ['1.tar', '2.tar']) await podman(['pull', '--quiet', `docker-archive:${fileOf(file)}`]);
    }, 120_000);
    afterAll(async () => {
      const names = ['locked', 'large', 'by-lock', 'built'].flatMap((name) => [tagOf(name), `${tagOf(name)}-failed`]);
      await podman(['image', 'rm', '--force', first, next, ...names]).catch(() => {});
      await removeImages(first);
      await scratch[Symbol.asyncDispose]();
      await slimtrace[Symbol.asyncDispose]();
      await podmanSettings[Symbol.asyncDispose]();
    });

    test('a lock made on Docker rebuilds the image on Podman, and from an archive, without a right more than any container has', async () => {
      const lock = fileOf('slimtrace.lock');
      const made = await slimtrace.run(['lock', first, '--engine', 'docker', '--output', lock, '--quiet', ...checks]);
      expect(made.exitCode, made.stderr).toBe(0);

      const restricted = await withoutPrivileges(scratch.path);
      const traced = await run(['slim', first, '--engine', 'podman', '--quiet', ...checks], restricted);
      expect(traced.exitCode, 'the wrapper does refuse').toBe(3);
      const locked = ['--lock', lock, '--json', '--quiet'];
      const here = ['slim', first, '--engine', 'podman', '--tag', tagOf('by-lock'), ...locked];
      const rebuilt = await run(here, restricted);
      expect(rebuilt.exitCode, rebuilt.stderr).toBe(0);
      const report = JSON.parse(rebuilt.stdout) as SlimReport;
      expect(report.drift).toEqual({ against: 'lock', holds: true, changes: [], lines: [] });
      expect(await podman(['image', 'inspect', '--format', 'sha256:{{.Id}}', tagOf('by-lock')])).toBe(report.slim.id);
      const [archive, output] = [`docker-archive:${fileOf('1.tar')}`, fileOf('slim.tar')];
      const again = await run(['slim', archive, '--output', output, ...locked]);
      expect(again.exitCode, again.stderr).toBe(0);
      const { drift, slim } = JSON.parse(again.stdout) as SlimReport;
      expect([drift, slim.files]).toEqual([report.drift, report.slim.files]);

      const drifted = await run(['lock', '--check', next, '--engine', 'podman', '--output', lock, '--quiet']);
      expect(drifted.exitCode, drifted.stderr).toBe(1);
      expect(drifted.stdout).toContain('+ /etc/more');
    }, 120_000);

    test('ci: a good image gets its name, one over budget does not, and --resume goes on from there', async () => {
      const config = fileOf('slimtrace.yaml');
      const write = (most: string) =>
        writeFile(
          config,
          JSON.stringify({
            defaults: { engine: 'podman' },
            images: {
              locked: { image: first, lock: fileOf('slimtrace.lock'), tag: tagOf('locked') },
              large: {
                image: first,
                exit: true,
                command: 'cat /etc/motd',
                tag: tagOf('large'),
                budgets: { 'max-size': most },
              },
            },
          }),
        );
      await write('10kB');
      const [report, junit] = [fileOf('r.json'), fileOf('j.xml')];
      const args = ['ci', '--config', config, '--report', report, '--junit', junit];
      const exists = (name: string) =>
        podman(['image', 'exists', name]).then(
          () => true,
          () => false,
        );
      const outcome = await run(args);
      expect(outcome.exitCode, outcome.stderr).toBe(1);
      const outcomes = async () =>
        (JSON.parse(await readFile(report, 'utf8')) as CiReport).images.map(({ outcome, isResumed }) => [
          outcome,
          isResumed,
        ]);
      expect(await outcomes()).toEqual([
        ['passed', false],
        ['failed', false],
      ]);
      expect(await readFile(junit, 'utf8')).toMatch(/<testcase classname="large" name="max-size"><failure/);
      expect(await exists(tagOf('locked'))).toBe(true);
      expect(await exists(tagOf('large'))).toBe(false);
      expect(await exists(`${tagOf('large')}-failed`)).toBe(true);

      await write('10MB');
      const resumed = await run([...args, '--resume']);
      expect(resumed.exitCode, resumed.stderr).toBe(0);
      expect(await outcomes()).toEqual([
        ['passed', true],
        ['passed', false],
      ]);
      expect(await exists(tagOf('large'))).toBe(true);
    }, 120_000);

    test('interrupted while Podman writes an image out, nothing is left: not of Podman’s own files either', async () => {
      const config = fileOf('large.yaml');
      const traced = { image: first, exit: true, command: 'sleep 30' };
      const images = { written: { image: next, lock: fileOf('slimtrace.lock') }, traced };
      await writeFile(config, JSON.stringify({ defaults: { engine: 'podman', timeout: '60' }, images }));
      const running = slimtrace.start(['ci', '--config', config], onPodman);
      const volumes = new Set<string>();
      await until(running, async () => {
        for (const volume of await volumesOf(running)) volumes.add(volume);
        return volumes.size > 0;
      });
      // The file that Podman puts a layer into has a name of digits.
      await until(running, async () => {
        const files = await readdir(slimtrace.temporaryDirectory, { recursive: true }).catch(() => []);
        return files.some((file) => /(^|\/)\d+$/.test(file));
      });
      running.signal('SIGINT');
      const { exitCode, stdout, stderr } = await running.ended;
      expect(exitCode, stderr).toBe(130);
      expect(stdout).toMatch(/^failed: 2 images, 2 cancelled/m);
      expect(await leftOnPodman(running.pid)).toEqual([]);
      const left = (await podman(['volume', 'ls', '--quiet'])).split('\n').filter((name) => volumes.has(name));
      expect(left).toEqual([]);
    }, 120_000);

    test('what dockerfile writes is built by Podman too, and ends where a file is gone', async () => {
      await ensureBaseImage();
      const archive = fileOf('base.tar');
      await docker(['save', '--output', archive, baseImage]);
      await podman(['pull', '--quiet', `docker-archive:${archive}`]);
      const args = ['dockerfile', baseImage, '--engine', 'podman', '--quiet', '--exit', '--', 'cat', '/etc/os-release'];
      const written = await run(args);
      expect(written.exitCode, written.stderr).toBe(0);
      const build = (input: string) =>
        execa('podman', ['build', '--quiet', '--tag', tagOf('built'), '-'], {
          input,
          reject: false,
        });
      const good = await build(written.stdout);
      expect(good.exitCode, good.stderr).toBe(0);
      expect(await podman(['run', '--rm', tagOf('built'), 'cat', '/etc/os-release'])).toContain('Debian');
      const lacking = await build(written.stdout.replace('    usr/bin/cat ', '    usr/bin/gone usr/bin/cat '));
      expect(lacking.exitCode, lacking.stdout).not.toBe(0);
      expect(lacking.stderr).toMatch(/usr\/bin\/gone: Cannot stat/);
    }, 120_000);

    test('traces of shards, merged, make the image; a dry run leaves its page and no image', async () => {
      const shards = [fileOf('a.json'), fileOf('b.json.gz')];
      for (const [at, file] of shards.entries()) {
        const args = ['trace', first, '--engine', 'podman', '--output', file, '--quiet', '--exit', '--'];
        const traced = await run([...args, 'cat', at === 0 ? '/etc/motd' : '/etc/passwd']);
        expect(traced.exitCode, traced.stderr).toBe(0);
      }
      const merged = await run(['merge', ...shards, '--output', fileOf('merged.json')]);
      expect(merged.exitCode, merged.stderr).toBe(0);
      const html = fileOf('r.html');
      const from = ['build', first, '--engine', 'podman', '--trace', fileOf('merged.json'), '--html', html];
      const built = await run([...from, '--dry-run', '--json', ...['--exit', '--', 'cat', '/etc/motd']]);
      expect(built.exitCode, built.stderr).toBe(0);
      expect(JSON.parse(built.stdout) as SlimReport).toMatchObject({ passed: true, dryRun: true });
      expect(await readFile(html, 'utf8')).toMatch(/^<!doctype html>/);
      const names = await podman(['images', '--format', '{{.Repository}}:{{.Tag}}']);
      expect(names.split('\n')).not.toContain(`localhost/${first}-slim`);
    }, 120_000);
  });
});

/** Volumes of a run's containers. */
async function volumesOf({ pid }: Running): Promise<readonly string[]> {
  const ids = await podman(['ps', '--all', '--quiet', '--filter', `label=io.slimtrace.session.pid=${pid}`]);
  if (ids === '') return [];
  const format = '{{range .Mounts}}{{.Name}} {{end}}';
  const found = await podman(['inspect', '--format', format, ...ids.split('\n')]).catch(() => '');
  return found.split(/\s+/).filter((name) => name !== '');
}
