import { expect, test } from 'vitest';
import { selectFrom, smallImage } from '../small-image.js';

const image = smallImage(`
  /bin -> usr/bin
  /usr/bin/dash 0755 elf
  /usr/bin/sh -> dash
  /usr/bin/sort 0755 elf
  /usr/bin/convert 0755 elf
  /usr/bin/gcc 0755 elf
  /app/late.py : import subprocess\\ndef f(): subprocess.run("cat x | sort", shell=True); subprocess.run(["convert", "a"])
  /usr/lib/python3/dist-packages/tool.py : import subprocess\\nsubprocess.run(["gcc"])
`);

test("what the application's code starts by a constant name is kept, the shell for a command line too; not what packages start", async () => {
  const { kept } = await selectFrom(image, {
    trace: ['/app/late.py', '/usr/lib/python3/dist-packages/tool.py'],
    config: { Env: ['PATH=/usr/bin'] },
    options: { certificates: false },
  });
  expect(kept).toEqual(expect.arrayContaining(['/usr/bin/dash', '/usr/bin/sort', '/usr/bin/convert']));
  expect(kept).not.toContain('/usr/bin/gcc');
});
