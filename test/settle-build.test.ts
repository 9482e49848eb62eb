import { describe, expect, test } from 'vitest';
import type { EngineImage, RunOptions } from '../src/engine/engine.ts';
import type { Image } from '../src/image/image.ts';
import { settleBuild } from '../src/settle-build.ts';
import { smallImage } from './selection/small-image.ts';
import { anyImage, traceOf } from './trace/trace-of.ts';

const by = { programs: ['/bin/sh'], existed: true } as const;
const trace = traceOf(
  [
    { path: '/usr/bin/app', accesses: ['exec'], ...by },
    { path: '/lib/libz.so.1.2.13', accesses: ['read'], ...by },
    { path: '/etc/app.conf', accesses: ['read'], ...by },
    { path: '/root/.apprc', accesses: ['read'], programs: ['/usr/bin/app'], existed: false },
  ],
  { runs: [{ command: ['app', '--serve'], mode: 'init', end: 'exit' }] },
);

function settle(tree: string, id = 'sha256:2', command = ['app', '--serve'], diffIds: readonly string[] = [id]) {
  const source = { ...anyImage, id, diffIds, names: ['app:2'], config: {} } as unknown as EngineImage;
  const image = { ...smallImage(tree), config: {} } as unknown as Image;
  const scenarios = [{ run: { command } as unknown as RunOptions }];
  return settleBuild({ image, trace, scenarios }, source, undefined);
}

describe('a trace that is given', () => {
  test('of this very build says what it says, and there is no drift', () => {
    const { observed, driftOf } = settle('/usr/bin/app', anyImage.id);
    expect(observed.trace).toBe(trace);
    expect(driftOf(new Map())).toBeNull();
  });

  test('of another build goes by the names of this one, and what is gone is told', () => {
    const { observed, driftOf } = settle('/usr/bin/app\n/lib/libz.so.1.2.14');
    expect(observed.trace.image.id).toBe('sha256:2');
    expect(observed.trace.paths.map(({ path }) => path)).toContain('/lib/libz.so.1.2.14');
    expect(driftOf(new Map())?.changes.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'renamed /lib/libz.so.1.2.13',
      'removed /etc/app.conf',
    ]);
  });

  test('of a build that ran another command is told to be', () => {
    const { driftOf } = settle('/usr/bin/app\n/lib/libz.so.1.2.13\n/etc/app.conf', 'sha256:2', [
      'app',
      '--serve',
      'a b',
    ]);
    expect(driftOf(new Map())?.changes).toMatchObject([
      { kind: 'changed', of: 'config', what: 'command', was: 'app --serve', now: ['app --serve "a b"'] },
    ]);
  });

  test('of the same layers with another command is told to be', () => {
    const { observed, driftOf } = settle('/usr/bin/app', 'sha256:2', ['app', '--check'], anyImage.diffIds);
    expect(observed.trace).toBe(trace);
    expect(driftOf(new Map())?.changes).toMatchObject([{ what: 'command', now: ['app --check'] }]);
  });
});
