import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { run } from '../../../src/build/dockerfile/shell-commands.ts';

test('a script ends at its first failure by itself, whatever shell options a builder gives it', () => {
  const [first = '', ...lines] = run(['echo *', 'false', 'echo on'], { escapeMark: '\\' });
  const script = [first.replace('RUN ', ''), ...lines].join('\n').replaceAll('\\\n', '');
  const { status, stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, '*\n']);
});
