import { describe, expect, it } from 'vitest';
import type { ImageConfig } from '../../../src/image/image.js';
import { selectFrom, smallImage } from '../small-image.js';

const programs = `
  /bin -> usr/bin
  /usr/bin/sh -> dash
  /usr/bin/dash 0755 : s
  /usr/bin/bash 0755 : s
  /usr/bin/curl 0755 : c
  /usr/bin/grep 0755 : g
  /usr/bin/notes 0644 : n
  /app/server 0755 : s
  /app/health.py 0644 : h
`;

async function keptOf(config: ImageConfig): Promise<readonly string[]> {
  return (await selectFrom(smallImage(programs), { config: { Env: ['PATH=/bin:/usr/bin'], ...config } })).kept;
}

describe('commands', () => {
  it.each([
    ['an entrypoint', { Entrypoint: ['/app/server'], Cmd: ['curl'] }, ['/app/server']],
    ['a command by its name', { Entrypoint: null, Cmd: ['curl', '-s'] }, ['/bin', '/usr/bin/curl']],
    ['a command relative to the working directory', { WorkingDir: '/app', Cmd: ['./server'] }, ['/app', '/app/server']],
    ['no program, as scratch images have it', { Cmd: ['nothing'] }, []],
  ])('keeps %s', async (_, config, expected) => {
    expect(await keptOf(config)).toEqual(expected);
  });

  it('keeps the program of a HEALTHCHECK and the script it is given', async () => {
    expect(await keptOf({ Healthcheck: { Test: ['CMD', 'curl', '-f', '/app/health.py', '/app', '-'] } })).toEqual([
      '/app/health.py',
      '/bin',
      '/usr/bin/curl',
    ]);
  });

  it('keeps the shell of a shell HEALTHCHECK and every program its line may start', async () => {
    const Test = ['CMD-SHELL', 'test "$(curl -s localhost|grep ok)" && notes /app/health.py || exit 1'];
    expect(await keptOf({ Healthcheck: { Test } })).toEqual([
      '/app/health.py',
      '/bin',
      '/usr/bin/curl',
      '/usr/bin/dash',
      '/usr/bin/grep',
      '/usr/bin/sh',
    ]);
  });

  it("runs a shell HEALTHCHECK with the image's own shell", async () => {
    const kept = await keptOf({ Shell: ['/bin/bash', '-c'], Healthcheck: { Test: ['CMD-SHELL', 'true'] } });
    expect(kept).toEqual(['/bin', '/usr/bin/bash']);
  });

  it('keeps nothing for a HEALTHCHECK that is switched off', async () => {
    expect(await keptOf({ Healthcheck: { Test: ['NONE'] } })).toEqual([]);
    expect(await keptOf({ Healthcheck: { Test: [] } })).toEqual([]);
  });
});
