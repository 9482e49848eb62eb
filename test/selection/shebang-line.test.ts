import { describe, expect, it } from 'vitest';
import { parseShebang } from '../../src/selection/shebang-line.js';

describe('parseShebang', () => {
  it.each([
    ['#!/bin/sh\n', '/bin/sh', undefined],
    ['#! /bin/sh -e\n', '/bin/sh', undefined],
    ['#!\t/bin/sh\r\n', '/bin/sh', undefined],
    ['#!/bin/sh', '/bin/sh', undefined],
    ['#!/usr/bin/env node\n', '/usr/bin/env', 'node'],
    ['#!/usr/bin/env -S node --title=x app\n', '/usr/bin/env', 'node'],
    ['#!/usr/bin/env -Snode\n', '/usr/bin/env', 'node'],
    ['#!/usr/bin/env -vS node\n', '/usr/bin/env', 'node'],
    ['#!/usr/bin/env --split-string=node -x\n', '/usr/bin/env', 'node'],
    ['#!/usr/bin/env -S -i -u HOME PATH=/x "py thon" a\n', '/usr/bin/env', 'py thon'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: env's own syntax
    ['#!/usr/bin/env -S ${TOOL} x\n', '/usr/bin/env', 'tool'],
    ['#!/usr/bin/env A=1 perl -w\n', '/usr/bin/env', 'perl'],
    ['#!/usr/bin/env\n', '/usr/bin/env', undefined],
  ])('%j', (text, interpreter, program) => {
    const parsed = parseShebang(Buffer.from(text), (name) => (name === 'TOOL' ? 'tool' : undefined));
    expect(parsed?.interpreter).toBe(interpreter);
    expect(parsed?.program).toBe(program);
  });

  it.each(['', '#', '#!', '#!\n/bin/sh', '\x7fELF', ' #!/bin/sh'])('%j is no script', (text) => {
    expect(parseShebang(Buffer.from(text))).toBeUndefined();
  });

  it('reads no further than the kernel does', () => {
    const parsed = parseShebang(Buffer.from(`#!/${'x'.repeat(5000)}`));
    expect(parsed?.interpreter.length).toBe(254);
  });
});
