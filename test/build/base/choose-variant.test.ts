import { describe, expect, test } from 'vitest';
import { chooseVariant } from '../../../src/build/base/choose-variant.js';
import { asImagePath } from '../../../src/image/path.js';
import type { Reason } from '../../../src/selection/reason.js';

const selectionOf = (paths: readonly string[]) =>
  new Map(paths.map((path) => [asImagePath(path), [{ kind: 'os-release' } satisfies Reason]]));
const libraries = '/usr/lib/x86_64-linux-gnu';

describe('the distroless variant for what is kept', () => {
  test.each([
    ['a C++ program', ['libc.so.6', 'libgcc_s.so.1', 'libstdc++.so.6', 'libssl.so.3'], 'cc', 'libstdc++.so.6'],
    ['a program with OpenMP', ['libc.so.6', 'libgcc_s.so.1', 'libgomp.so.1'], 'cc', 'libgomp.so.1'],
    ['a program that unwinds', ['libc.so.6', 'libgcc_s.so.1'], 'cc', 'libgcc_s.so.1'],
    ['a program with TLS', ['libc.so.6', 'libcrypto.so.3', 'libssl.so.3'], 'base', 'libssl.so.3'],
    ['a program that hashes', ['libc.so.6', 'libcrypto.so.3'], 'base', 'libcrypto.so.3'],
    ['a C program', ['libc.so.6'], 'base', 'libc.so.6'],
  ])('%s', (_name, names, variant, library) => {
    const kept = selectionOf(['/etc/os-release', ...names.map((name) => `${libraries}/${name}`)]);
    expect(chooseVariant(kept)).toEqual({ variant, because: `${libraries}/${library} is kept` });
  });

  test('a static program, with what else it reads', () => {
    const kept = selectionOf(['/app', '/etc/ssl/certs/ca-certificates.crt', '/usr/share/zoneinfo/UTC']);
    expect(chooseVariant(kept)).toMatchObject({ variant: 'static' });
  });

  test('libraries where they were before usr-merge, and of other architectures', () => {
    for (const path of [
      '/lib/x86_64-linux-gnu/libgcc_s.so.1',
      '/lib64/libgcc_s.so.1',
      '/usr/lib/aarch64-linux-gnu/libgcc_s.so.1',
    ])
      expect(chooseVariant(selectionOf([path])).variant, path).toBe('cc');
  });

  test('an application’s own copy of a library is no reason for a base with another', () => {
    const kept = selectionOf(['/opt/app/lib/libstdc++.so.6', '/usr/local/lib/libssl.so.3', `${libraries}/libc.so.6`]);
    expect(chooseVariant(kept)).toMatchObject({ variant: 'base', because: `${libraries}/libc.so.6 is kept` });
  });

  test('a program with an interpreter whose C library goes by another name still needs one', () => {
    const kept = new Map([
      [asImagePath('/app'), [{ kind: 'os-release' } satisfies Reason]],
      [asImagePath('/lib/ld-odd.so.1'), [{ kind: 'elf-interpreter', parent: asImagePath('/app') } satisfies Reason]],
    ]);
    expect(chooseVariant(kept)).toEqual({ variant: 'base', because: '/app is linked dynamically' });
  });
});
