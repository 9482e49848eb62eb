import { describe, expect, test } from 'vitest';
import { createArguments } from '../../src/engine/docker-run-arguments.js';
import type { ContainerSpec } from '../../src/engine/engine.js';
import { type FoundInspect, toFoundContainer } from '../../src/engine/found-container.js';

function found(changes: Partial<FoundInspect>): ReturnType<typeof toFoundContainer> {
  const State = { Status: 'running', Running: true, Pid: 4321 };
  return toFoundContainer({ Id: 'abc', Name: '/web', State, HostConfig: {}, ...changes });
}

describe('a container to join', () => {
  test('its processes and its network are shared; the other namespaces where they can be', () => {
    expect(found({})).toEqual({
      id: 'abc',
      name: 'web',
      status: 'running',
      isRunning: true,
      namespaces: { pid: 'container:abc', network: 'container:abc', ipc: undefined, userns: undefined },
      securityOptions: [],
      firstProcess: 1,
    });
    const { namespaces } = found({ HostConfig: { IpcMode: 'shareable', UsernsMode: 'private', PidMode: 'private' } });
    expect(namespaces).toMatchObject({ ipc: 'container:abc', userns: 'container:abc' });
    expect(found({ HostConfig: { IpcMode: 'private', UsernsMode: 'host' } }).namespaces).toMatchObject({
      ipc: undefined,
      userns: 'host',
    });
  });

  test('its first process is 1, its ID on the host, or unknown: never another container’s files for its own', () => {
    expect(found({ HostConfig: { PidMode: 'host' } }).firstProcess).toBe(4321);
    expect(found({ HostConfig: { PidMode: 'container:other' } }).firstProcess).toBeUndefined();
  });

  test('AppArmor: its own profile or none keeps a default one from looking at it', () => {
    expect(found({ AppArmorProfile: 'docker-default' }).securityOptions).toEqual([]);
    expect(found({ AppArmorProfile: 'containers-default-0.50' }).securityOptions).toEqual([]);
    expect(found({ AppArmorProfile: 'slimtrace-web' }).securityOptions).toEqual(['apparmor=unconfined']);
    expect(found({ AppArmorProfile: 'unconfined' }).securityOptions).toEqual(['apparmor=unconfined']);
  });

  test('one that is started again and again isn’t running', () => {
    const State = { Status: 'restarting', Running: true, Restarting: true, Pid: 0 };
    expect(found({ State })).toMatchObject({ isRunning: false, status: 'restarting' });
  });

  test('what joins it says so to the engine, and has a terminal only when it is given one', () => {
    const spec: ContainerSpec = {
      ...{ image: 'tools', command: [], env: [], envFiles: [], volumes: [] },
      ...{ network: undefined, user: undefined, workdir: undefined, entrypoint: undefined },
      namespaces: { pid: 'container:abc', network: 'container:abc', ipc: undefined, userns: 'host' },
      attached: 'input',
    };
    const joining = ['--pid', 'container:abc', '--network', 'container:abc', '--userns', 'host', '--interactive'];
    expect(createArguments(spec, [])).toEqual(['create', ...joining, '--', 'tools']);
    expect(createArguments({ ...spec, attached: 'terminal' }, [])).toContain('--tty');
  });
});
