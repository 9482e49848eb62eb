import type { Lock } from '../../src/selection/lock/lock.ts';

/** A small lock for tests. */
export function anyLock(more: Partial<Lock> = {}): Lock {
  return {
    image: 'app:1',
    made: {
      slimtrace: '1.0.0',
      id: `sha256:${'1'.repeat(64)}`,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      files: 3,
      sizeBytes: 1234,
    },
    config: { cmd: 'app --serve', env: 'PATH', expose: '80/tcp' },
    options: { include: ['/etc/*.d'], layers: 'split', 'include-shell': true },
    scenarios: [
      { env: ['TOKEN'] },
      { scenario: 'web', http: ['GET /=200'], exit: true, command: ['app', '--as', 'web'] },
    ],
    command: [],
    allow: [],
    commands: [['app', '--serve']],
    traced: [
      { path: '/bin/app', accesses: ['exec'], programs: ['/bin/sh'] },
      { path: '/etc/app.conf', accesses: ['read', 'stat'], programs: ['/bin/app'], reachedThrough: ['/conf'] },
    ],
    lookedFor: [{ path: '/etc/app.d', accesses: ['stat'], programs: ['/bin/app'] }],
    healed: [],
    derived: new Map([['/lib/a.so', '/bin/app needs a.so']]),
    privileges: new Map([['/bin/app', 'setuid (4755 0:0)']]),
    ...more,
  };
}
