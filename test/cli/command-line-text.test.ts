import { describe, expect, test } from 'vitest';
import { renderCommandLine } from '../../src/cli/command-line-text.ts';

describe('a command line as it is told', () => {
  test.each<[readonly string[], string]>([
    [['create', '--label', 'a=b', '--', 'app:1.2'], 'docker create --label a=b -- app:1.2'],
    [['exec', 'c1', 'sh', '-c', "echo 'it is'; ls"], "docker exec c1 sh -c 'echo '\\''it is'\\''; ls'"],
    [['run', ''], "docker run ''"],
    [['run', 'line\nbreak\u001b[2J'], "docker run 'line\\nbreak\\x1b[2J'"],
    [['run', '\u202eevil'], "docker run '\\u{202e}evil'"],
    [['cp', `${'ab'.repeat(32)}:/a/.`, '-'], 'docker cp abababababab:/a/. -'],
    [['x', 'y'.repeat(400)], `docker x ${'y'.repeat(300)}…`],
  ])('%j', (args, line) => {
    expect(renderCommandLine('/usr/bin/docker', args)).toBe(line);
  });

  test.each<[readonly string[], string]>([
    [['--env', 'PLAIN=hunter2'], '--env PLAIN=…'],
    [['-e', 'A=hunter2\nhunter2'], '-e A=…'],
    [['--env=A=hunter2'], '--env=A=…'],
    [['-eA=hunter2'], '-eA=…'],
    [['--env', 'FROM_OUTSIDE'], '--env FROM_OUTSIDE'],
    [['--env-file', 'vars.env'], '--env-file vars.env'],
    [['--password', 'hunter2'], '--password …'],
    [['--password=hunter2'], '--password=…'],
    [['PGPASSWORD=hunter2'], 'PGPASSWORD=…'],
    [['--api-key', 'hunter2'], '--api-key …'],
    [['--from=https://me:hunter2@host/x'], '--from=https://…@host/x'],
    [['psql', 'postgres://me:hunter2@db/x'], 'psql postgres://…@db/x'],
  ])('no secret of %j', (args, line) => {
    expect(renderCommandLine('docker', args)).toBe(`docker ${line}`);
  });
});
