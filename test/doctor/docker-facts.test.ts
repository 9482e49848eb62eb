import { describe, expect, test } from 'vitest';
import { examineDocker, examinePodman } from '../../src/doctor/docker-facts.ts';
import { type Finding, isAtLeast } from '../../src/doctor/finding.ts';

const info = {
  ServerVersion: '28.1.1',
  Driver: 'overlay2',
  CgroupVersion: '2',
  KernelVersion: '6.8.0-60-generic',
  SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin', 'name=cgroupns'],
  DefaultRuntime: 'runc',
  ClientInfo: { Plugins: [{ Name: 'buildx' }] },
};

const unix = 'unix:///var/run/docker.sock';

const shown = (findings: readonly Finding[]) =>
  findings.map(({ about, status, detail }) => `${status} ${about}: ${detail}`);

const statusOf = (findings: readonly Finding[], about: string) => findings.find((one) => one.about === about)?.status;

describe('what an engine says about itself', () => {
  test('Docker as it usually is', () => {
    expect(shown(examineDocker(info, unix))).toEqual([
      `ok engine: Docker 28.1.1 answers (${unix}, this machine’s; root’s)`,
      'ok kernel: Linux 6.8.0-60-generic, runtime runc',
      'ok storage: overlay2, cgroups v2',
      'ok confinement: apparmor, seccomp, cgroupns',
      'ok buildkit: docker buildx is there',
    ]);
  });

  test.each([
    [{ SecurityOptions: ['name=rootless'] }, unix, /this machine’s; rootless\)/],
    [{ SecurityOptions: ['name=userns'] }, unix, /root’s, containers in a user namespace\)/],
    [{}, 'tcp://me:hunter2@builder:2376', /\(tcp:\/\/…@builder:2376, another machine’s; /],
    [{}, 'ssh://builder', /ssh:\/\/builder, another machine’s/],
  ])('%j at %s', (changes, endpoint, words) => {
    expect(examineDocker({ ...info, ...changes }, endpoint)[0]?.detail).toMatch(words);
  });

  test.each([
    [{ KernelVersion: '5.4.0-26-generic' }, 'kernel', 'problem'],
    [{ KernelVersion: '4.19.0' }, 'kernel', 'problem'],
    [{ KernelVersion: '5.10.0' }, 'kernel', 'ok'],
    [{ DefaultRuntime: 'runsc' }, 'runtime', 'warning'],
    [{ Driver: 'vfs' }, 'storage', 'warning'],
    [{ ClientInfo: { Plugins: null } }, 'buildkit', 'note'],
  ] as const)('%j: %s is a %s', (changes, about, status) => {
    const findings = examineDocker({ ...info, ...changes }, unix);
    expect(statusOf(findings, about)).toBe(status);
    if (status !== 'ok') expect(findings.find((one) => one.about === about)?.advice).toMatch(/\w/);
  });

  test('an engine that says nothing of itself', () => {
    for (const findings of [examineDocker({}, undefined), examinePodman({})])
      expect(findings.map(({ status }) => status)).not.toContain('problem');
  });

  test('Podman, rootless and remote', () => {
    const host = {
      kernel: '6.1.0',
      cgroupVersion: 'v2',
      serviceIsRemote: true,
      ociRuntime: { name: 'crun' },
      security: { rootless: true, seccompEnabled: true, selinuxEnabled: true },
    };
    const podman = { host, store: { graphDriverName: 'overlay' }, version: { Version: '5.2.0' } };
    expect(shown(examinePodman(podman))).toEqual([
      'ok engine: Podman 5.2.0 works (another machine’s; rootless)',
      'ok kernel: Linux 6.1.0, runtime crun',
      'ok storage: overlay, cgroups v2',
      'ok confinement: seccomp, selinux',
    ]);
  });

  test.each([
    ['5.5', true],
    ['5.10.1', true],
    ['v6.0', true],
    ['5.4.99', false],
    ['4.19', false],
    ['nonsense', false],
  ])('%s is at least 5.5: %s', (version, is) => {
    expect(isAtLeast(version, 5, 5)).toBe(is);
  });
});
