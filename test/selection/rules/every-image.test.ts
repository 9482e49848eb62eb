import { describe, expect, it } from 'vitest';
import type { ImageConfig } from '../../../src/image/image.js';
import { selectFrom, smallImage } from '../small-image.js';

async function keptOf(text: string, config: ImageConfig = {}): Promise<readonly string[]> {
  return (await selectFrom(smallImage(text), { config })).kept;
}

describe('os-release', () => {
  it('keeps it with what its link leads to, so that scanners know the distribution', async () => {
    expect(await keptOf('/etc/os-release -> ../usr/lib/os-release\n/usr/lib/os-release : ID=debian')).toEqual([
      '/etc/os-release',
      '/usr/lib/os-release',
    ]);
  });
});

describe('temporary-directories', () => {
  it('keeps the usual ones and any other sticky directory, empty', async () => {
    expect(await keptOf('/tmp/junk : x\n/var/run -> /run\n/run/lock/\n/srv/drop/ 1777\n/srv/sub/ 0755')).toEqual([
      '/run',
      '/run/lock',
      '/srv/drop',
      '/tmp',
      '/var/run',
    ]);
  });
});

describe('working-directory', () => {
  it('keeps the directory processes start in, behind its link, or where it would be', async () => {
    expect(await keptOf('/srv/app -> ../opt/app\n/opt/app/x : x', { WorkingDir: '/srv/app/' })).toEqual([
      '/opt/app',
      '/srv/app',
    ]);
    expect(await keptOf('/srv/x : x', { WorkingDir: '/srv/none' })).toEqual(['/srv']);
  });
});

describe('volumes', () => {
  it('keeps the mount point, whose owner a new volume takes, and what a new one is filled with', async () => {
    expect(await keptOf('/data/db/file : x', { Volumes: { '/data/db': {} } })).toEqual(['/data/db', '/data/db/file']);
  });
});
