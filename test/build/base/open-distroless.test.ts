import { describe, expect, test } from 'vitest';
import { openDistroless } from '../../../src/build/base/open-distroless.js';
import { SlimtraceError } from '../../../src/errors.js';
import type { BaseImage } from '../../../src/image/base-image.js';
import { asImagePath } from '../../../src/image/path.js';
import type { Reason } from '../../../src/selection/reason.js';
import { imageOf, type Sketch } from '../../image/tree-of.js';

const libc = '/usr/lib/x86_64-linux-gnu/libc.so.6';
const python = '/usr/bin/python3.11';
const debian12 = { '/etc/os-release': { body: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n' } };

/** A registry with these images, and what was asked of it. */
function registryOf(images: Readonly<Record<string, Readonly<Record<string, Sketch>>>>) {
  const asked: string[] = [];
  const closed: string[] = [];
  const open = async (reference: string): Promise<BaseImage> => {
    asked.push(reference);
    const files = images[reference];
    if (files === undefined) throw new SlimtraceError('image-not-found', { image: reference });
    const image = imageOf(files);
    return {
      ...{ name: reference, digest: 'sha256:b', history: [], layers: [] },
      ...{ platform: image.platform, config: {}, tree: image.tree, contents: image.contents },
      [Symbol.asyncDispose]: async () => void closed.push(reference),
    };
  };
  return { open, asked, closed };
}

const keptOf = (files: Readonly<Record<string, Sketch>>) => ({
  image: imageOf(files),
  selection: new Map(Object.keys(files).map((path) => [asImagePath(path), [{ kind: 'os-release' } satisfies Reason]])),
});
const request = (variant?: string) =>
  ({ kind: 'distroless', variant, repository: 'mirror.example/distroless' }) as const;
const { signal } = new AbortController();

describe('a distroless base', () => {
  test('of the image’s own release, from the mirror', async () => {
    const { open } = registryOf({ 'mirror.example/distroless/base-debian12': {} });
    const opened = await openDistroless(request(), keptOf({ ...debian12, [libc]: {} }), { open, signal });
    expect(opened.image.name).toBe('mirror.example/distroless/base-debian12');
    expect(opened.because).toBe(`${libc} is kept`);
  });

  test('one that isn’t there is an error that names it', async () => {
    const { open } = registryOf({ 'mirror.example/distroless/base-debian11': {} });
    await expect(
      openDistroless(request(), keptOf({ ...debian12, [libc]: {} }), { open, signal }),
    ).rejects.toMatchObject({
      code: 'image-not-found',
      details: { image: 'mirror.example/distroless/base-debian12' },
    });
  });

  test('a variant by name, and one with its release', async () => {
    const { open } = registryOf({
      'mirror.example/distroless/nodejs20-debian12': {},
      'mirror.example/distroless/cc-debian13': {},
    });
    const kept = keptOf(debian12);
    const named = await openDistroless(request('nodejs20'), kept, { open, signal });
    expect(named.image.name).toBe('mirror.example/distroless/nodejs20-debian12');
    const released = await openDistroless(request('cc-debian13'), kept, { open, signal });
    expect(released.image.name).toBe('mirror.example/distroless/cc-debian13');
  });

  describe('Debian’s own Python', () => {
    const images = (body: string) => ({
      'mirror.example/distroless/python3-debian12': { [python]: { body } },
      'mirror.example/distroless/base-debian12': {},
    });
    const kept = { ...debian12, [libc]: {}, [python]: { body: 'interpreter A' } };

    test('the same, byte for byte: python3', async () => {
      const { open } = registryOf(images('interpreter A'));
      const opened = await openDistroless(request(), keptOf(kept), { open, signal });
      expect(opened.image.name).toBe('mirror.example/distroless/python3-debian12');
      expect(opened.because).toBe(`${python} is Debian’s own, byte for byte`);
    });

    test('one byte another: the plain base, and the other is let go', async () => {
      const { open, closed } = registryOf(images('interpreter B'));
      const opened = await openDistroless(request(), keptOf(kept), { open, signal });
      expect(opened.image.name).toBe('mirror.example/distroless/base-debian12');
      expect(opened.because).toContain(`${python} in mirror.example/distroless/python3-debian12 is another build`);
      expect(closed).toEqual(['mirror.example/distroless/python3-debian12']);
    });

    test('nobody pulled python3: the plain base, and it is said', async () => {
      const { open } = registryOf({ 'mirror.example/distroless/base-debian12': {} });
      const opened = await openDistroless(request(), keptOf(kept), { open, signal });
      expect(opened.image.name).toBe('mirror.example/distroless/base-debian12');
      expect(opened.because).toBe(`${libc} is kept; there is no python3-debian12, which may have ${python}`);
    });
  });

  describe('for an image that is not Debian’s', () => {
    const alpine = { '/etc/os-release': { body: 'ID=alpine\nVERSION_ID=3.20\nPRETTY_NAME="Alpine Linux v3.20"\n' } };

    test('a static program: any release’s static', async () => {
      const { open, asked } = registryOf({ 'mirror.example/distroless/static-debian12': {} });
      const opened = await openDistroless(request(), keptOf({ ...alpine, '/app': {} }), { open, signal });
      expect(opened.image.name).toBe('mirror.example/distroless/static-debian12');
      expect(asked).toEqual(['mirror.example/distroless/static-debian13', 'mirror.example/distroless/static-debian12']);
    });

    test.each([
      ['Alpine', alpine, 'Alpine Linux v3.20'],
      [
        'a derivative of Debian',
        { '/etc/os-release': { body: 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="12"\n' } },
        'ubuntu',
      ],
      ['Debian testing', { '/etc/os-release': { body: 'ID=debian\n' } }, 'not released yet'],
      ['an image of no distribution', {}, 'no distribution'],
      ['a release that is a path', { '/etc/os-release': { body: 'ID=debian\nVERSION_ID="12/../../x"\n' } }, 'debian'],
    ])('%s, linked dynamically: refused with the reason', async (_name, files, reason) => {
      const { open, asked } = registryOf({});
      const opening = openDistroless(request(), keptOf({ ...files, [libc]: {} }), { open, signal });
      await expect(opening).rejects.toMatchObject({
        code: 'base-refused',
        details: { reason: expect.stringContaining(reason) },
      });
      expect(asked).toEqual([]);
    });
  });
});
