import { describe, expect, test } from 'vitest';
import { healthCommand } from '../../src/image/health-command.js';
import type { ImageConfig } from '../../src/image/image.js';

describe('healthCommand', () => {
  test.each<[ImageConfig['Healthcheck'], string[] | undefined]>([
    [undefined, undefined],
    [{}, undefined],
    [{ Test: [] }, undefined],
    [{ Test: ['NONE'] }, undefined],
    [{ Test: ['CMD', 'x', 'y z'] }, ['x', 'y z']],
    [{ Test: ['CMD-SHELL', 'x | y'] }, ['/bin/sh', '-c', 'x | y']],
  ])('%j', (Healthcheck, expected) => {
    expect(healthCommand(Healthcheck === undefined ? {} : { Healthcheck })).toEqual(expected);
  });

  test('CMD-SHELL runs in the image’s own shell', () => {
    const config = { Healthcheck: { Test: ['CMD-SHELL', 'x'] }, Shell: ['/bin/bash', '-eo', 'pipefail', '-c'] };
    expect(healthCommand(config)).toEqual(['/bin/bash', '-eo', 'pipefail', '-c', 'x']);
  });
});
