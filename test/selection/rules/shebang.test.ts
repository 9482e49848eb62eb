import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { selectFrom, smallImage } from '../small-image.js';

describe('shebang', () => {
  it('keeps a chain of interpreters, which the kernel opens itself', async () => {
    const image = smallImage(`
      /app/run 0755 : #!/app/wrap -x
      /app/wrap 0755 : #!/usr/bin/env -S A=1 tool --flag
      /usr/bin/env 0755 : e
      /opt/tool/tool 0755 : t
      /opt/tool/other 0755 : o
    `);
    const { kept, selection } = await selectFrom(image, {
      trace: ['exec /app/run'],
      config: { Env: ['PATH=/none:/opt/tool'] },
    });
    expect(kept).toEqual(['/app/run', '/app/wrap', '/opt/tool/tool', '/usr/bin/env']);
    expect(selection.get(asImagePath('/opt/tool/tool'))).toEqual([
      { kind: 'shebang', parent: '/app/wrap', line: '/usr/bin/env -S A=1 tool --flag' },
    ]);
  });

  it('keeps no interpreter for a module that nobody can execute', async () => {
    const image = smallImage('/app/lib.py 0644 : #!/bin/sh\n/bin/sh 0755 : s');
    expect((await selectFrom(image, { trace: ['/app/lib.py'] })).kept).toEqual(['/app/lib.py']);
  });

  it('tells of an interpreter that the image lacks', async () => {
    const image = smallImage('/a 0755 : #!/bin/none\n/b 0755 : #!/bin/env none\n/bin/env 0755 : e');
    const { notes } = await selectFrom(image, { trace: ['/a', '/b'] });
    expect(notes).toContainEqual({ kind: 'interpreter-not-found', parent: '/a', interpreter: '/bin/none' });
    expect(notes).toContainEqual({ kind: 'interpreter-not-found', parent: '/b', interpreter: 'none' });
  });

  it('a script that is its own interpreter does not hang', async () => {
    const image = smallImage('/a 0755 : #!/a');
    expect((await selectFrom(image, { trace: ['/a'] })).kept).toEqual(['/a']);
  });
});
