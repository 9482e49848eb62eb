import { PackageURL } from 'packageurl-js';
import { describe, expect, test } from 'vitest';
import { type PackageUrlParts, renderPackageUrl } from '../../../src/image/inventory/package-url.js';

describe('renderPackageUrl', () => {
  test.each<[PackageUrlParts, string]>([
    [
      { type: 'deb', namespace: 'debian', name: 'libc6', version: '2.36-9+deb12u10' },
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10',
    ],
    [{ type: 'deb', namespace: 'debian', name: 'attr', version: '1:2.5~rc1' }, 'pkg:deb/debian/attr@1:2.5~rc1'],
    [{ type: 'npm', namespace: '@babel', name: 'core', version: '7.0.0' }, 'pkg:npm/%40babel/core@7.0.0'],
    [{ type: 'composer', namespace: 'symfony', name: 'console' }, 'pkg:composer/symfony/console'],
    [
      {
        type: 'deb',
        name: 'a',
        qualifiers: { distro: 'debian-12', arch: 'amd64', upstream: 'b@1:2', none: undefined },
      },
      'pkg:deb/a?arch=amd64&distro=debian-12&upstream=b%401:2',
    ],
  ])('%j', (parts, url) => {
    expect(renderPackageUrl(parts)).toBe(url);
    const parsed = PackageURL.fromString(url);
    expect(parsed).toMatchObject({ type: parts.type, name: parts.name });
    expect(parsed.version).toBe(parts.version);
    expect(parsed.namespace).toBe(parts.namespace);
  });

  test('a name that is hostile, or not even text, stays one name', () => {
    const url = renderPackageUrl({ type: 'npm', name: 'a/../b?c=d#e\n\udc80', version: "'!()*" });
    expect(url).toMatch(/^pkg:npm\/[A-Za-z0-9._~:%-]+@[A-Za-z0-9%]+$/);
    expect(PackageURL.fromString(url).qualifiers).toBeUndefined();
  });
});
