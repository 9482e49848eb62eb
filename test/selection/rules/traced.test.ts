import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { selectFrom, smallImage } from '../small-image.js';

const links = '/etc/link -> ../opt/target\n/opt/target : x\n/opt/other : x';

describe('traced', () => {
  it.each([
    ['stat', true],
    ['read', true],
    ['readlink', true],
    ['rename', true],
    ['link', true],
    ['unlink', false],
    ['symlink', false],
    ['stat,unlink', true],
  ])('%s of a link keeps the link, and its target: %s', async (access, isTargetKept) => {
    const { selection } = await selectFrom(smallImage(links), { trace: [`${access} /etc/link`] });
    expect(selection.has(asImagePath('/etc/link'))).toBe(true);
    expect(selection.has(asImagePath('/opt/target'))).toBe(isTargetKept);
    expect(selection.has(asImagePath('/opt/other'))).toBe(false);
  });

  it('says that a link that was only read leads to its target', async () => {
    const { selection } = await selectFrom(smallImage(links), { trace: ['readlink /etc/link'] });
    expect(selection.get(asImagePath('/opt/target'))).toEqual([{ kind: 'symlink-target', parent: '/etc/link' }]);
    expect(selection.get(asImagePath('/etc/link'))).toMatchObject([{ kind: 'traced', named: '/etc/link' }]);
  });

  it('keeps a directory without what is in it', async () => {
    const { kept } = await selectFrom(smallImage('/srv/data/a : x\n/srv/data/b : x'), { trace: ['opendir /srv/data'] });
    expect(kept).toEqual(['/srv/data']);
  });

  it('keeps the directory in which an app makes its pid file', async () => {
    const { selection } = await selectFrom(smallImage('/var/run -> ../run\n/run/app/\n/run/other/'), {
      trace: ['create /var/run/app/app.pid', 'mkdir /var/run/app/deep/er'],
    });
    expect([...selection.keys()]).toEqual(['/', '/run', '/run/app', '/var', '/var/run']);
    expect(selection.get(asImagePath('/run/app'))?.map(({ kind }) => kind)).toContain('traced-missing');
  });

  it('keeps a file that is taken for a directory, so that the error stays the same', async () => {
    const { kept } = await selectFrom(smallImage('/app/main.js : x'), { trace: ['stat /app/main.js/package.json'] });
    expect(kept).toContain('/app/main.js');
  });

  it('keeps a file that the app deletes as it runs, as the next start deletes it again', async () => {
    const { kept } = await selectFrom(smallImage('/app/first-run : x'), { trace: ['unlink /app/first-run'] });
    expect(kept).toEqual(['/app/first-run']);
  });

  it('keeps only the mount points of what a runtime mounts', async () => {
    const { kept } = await selectFrom(smallImage('/proc/\n/dev/null'), {
      trace: ['/proc/self/maps', '/dev/null', '/sys/kernel/mm'],
    });
    expect(kept).toEqual(['/dev/null', '/proc']);
  });

  it('keeps every name of a hard-linked file that was used, and no other', async () => {
    const image = smallImage('/a : x\n/b : x\n/c : x');
    expect((await selectFrom(image, { trace: ['/a', '/c'] })).kept).toEqual(['/a', '/c']);
  });
});
