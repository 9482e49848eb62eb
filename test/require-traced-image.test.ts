import { describe, expect, test } from 'vitest';
import type { EngineImage, RunOptions } from '../src/engine/engine.ts';
import {
  isOfBuild,
  otherCommand,
  requireTracedImage,
  requireTracedPlatform,
  requireTracedProgram,
} from '../src/require-traced-image.ts';
import { smallImage } from './selection/small-image.ts';
import { anyImage, traceOf } from './trace/trace-of.ts';

const by = { programs: ['/bin/sh'], existed: true } as const;
const trace = traceOf([
  { path: '/usr/bin/app', accesses: ['exec'], ...by },
  { path: '/lib/libz.so.1.2.13', accesses: ['read'], ...by },
  { path: '/etc/app.conf', accesses: ['read'], ...by },
  { path: '/root/.apprc', accesses: ['read'], programs: ['/usr/bin/app'], existed: false },
]);
const imageOf = (more: Partial<EngineImage>) =>
  ({ ...anyImage, id: 'sha256:2', diffIds: ['sha256:2'], names: ['app:2'], config: {}, ...more }) as EngineImage;
const judge = (tree: string) => () =>
  requireTracedImage(trace, { reference: 'app:2', source: imageOf({}), tree: smallImage(tree).tree });

describe('a trace', () => {
  test('is of a build by its ID, or by the layers', () => {
    expect(isOfBuild(trace, imageOf({ id: anyImage.id }))).toBe(true);
    const layered = { ...trace, image: { ...trace.image, diffIds: ['sha256:2'] } };
    expect(isOfBuild(layered, imageOf({}))).toBe(true);
    expect(isOfBuild(trace, imageOf({ diffIds: [] }))).toBe(false);
  });

  test('serves another build of the image', () => {
    expect(judge('/usr/bin/app\n/lib/libz.so.1.2.14')).not.toThrow();
  });

  test('of what is plainly another image is refused', () => {
    expect(judge('/usr/bin/app')).toThrow(/of 3 paths .* app:2 has 1: that is another image$/);
    expect(judge('/lib/libz.so.1.2.14\n/etc/app.conf')).toThrow(/has 2, and none of the programs that ran: /);
  });

  test('of an image for another machine is refused', () => {
    const here = imageOf({});
    expect(() => requireTracedPlatform(trace, here, 'app:2')).not.toThrow();
    const there = imageOf({ platform: { ...here.platform, architecture: 's390x' } });
    expect(() => requireTracedPlatform(trace, there, 'app:2')).toThrow(/ and app:2 is for linux\/s390x$/);
  });

  describe('of a server', () => {
    const server = traceOf(
      [{ path: '/usr/bin/python3.11', accesses: ['exec'], programs: ['/usr/bin/serve'], existed: true }],
      {
        image: { ...anyImage, reference: 'registry.test/team/server:1' },
        runs: [{ command: ['serve', '--port', '80'], mode: 'init', end: 'signal' }],
      },
    );
    const serve = (reference: string, ...command: string[]) => {
      const source = imageOf({ names: [reference] });
      const scenarios = [{ run: { command } as unknown as RunOptions }];
      return {
        judge: () => requireTracedProgram(server, { reference, source, scenarios }),
        other: otherCommand(server, source, scenarios),
      };
    };

    test('is no trace of an image of another name that runs another program', () => {
      expect(serve('tools/jq:1', 'jq', '.').judge).toThrow(
        /from registry\.test\/team\/server:1, which ran serve --port 80, and tools\/jq:1 runs jq \.: that is another image$/,
      );
    });

    test.each([
      ['server:2', ['serve', '--port', '80'], undefined],
      ['server:2', ['serve', '--port', '81'], false],
      ['other:2', ['/opt/serve', '--port', '81'], false],
      ['other:2', ['python3.12', '-m', 'server'], false],
      ['mirror.test/server:2', ['gunicorn', 'app'], true],
    ])('serves %s that runs %j', (reference, command, isOtherProgram) => {
      const { judge, other } = serve(reference, ...command);
      expect(judge()).toBe(isOtherProgram ? 'the trace ran serve --port 80, this image runs gunicorn app' : undefined);
      expect(other?.isOtherProgram).toBe(isOtherProgram);
    });

    test('serves the very image that was traced, whatever is run of it', () => {
      expect(
        otherCommand(server, imageOf({ id: anyImage.id }), [{ run: { command: ['jq'] } as unknown as RunOptions }]),
      ).toBeUndefined();
    });
  });
});
