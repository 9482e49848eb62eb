import { describe, expect, test } from 'vitest';
import { parseStatus, withDependencies } from '../../fixtures/demo/debian-packages.ts';

interface Fields {
  readonly [field: string]: string;
}

function status(...records: readonly Fields[]): string {
  const common = { Status: 'install ok installed', Architecture: 'amd64' };
  const lines = (record: Fields) => Object.entries({ ...record }).map(([field, value]) => `${field}: ${value}\n`);
  return records.map((record) => lines({ ...common, ...record }).join('')).join('\n');
}

function namesWith(names: readonly string[], ...records: readonly Fields[]): readonly string[] {
  return withDependencies(names, parseStatus(status(...records))).map(({ name }) => name);
}

describe('parseStatus', () => {
  test('takes what is installed, and not what was removed or only half installed', () => {
    const packages = parseStatus(
      status(
        { Package: 'kept', Essential: 'yes' },
        { Package: 'removed', Status: 'deinstall ok config-files' },
        { Package: 'broken', Status: 'install reinstreq half-installed' },
      ),
    );
    expect([...packages.keys()]).toEqual(['kept']);
    expect(packages.get('kept')).toMatchObject({ isEssential: true, architecture: 'amd64' });
  });

  test('takes the machine’s own architecture where a package is installed for two', () => {
    const both = [
      { Package: 'libc6', Architecture: 'i386' },
      { Package: 'libc6' },
      { Package: 'libx', Architecture: 'i386' },
      { Package: 'dpkg' },
    ];
    for (const records of [both, [...both].reverse()]) {
      const packages = parseStatus(status(...records));
      expect(packages.get('libc6')?.architecture).toBe('amd64');
      expect(packages.get('libx')?.architecture).toBe('i386');
    }
  });

  test('keeps a record as it stands, continued lines and all', () => {
    const text = 'Package: a\nStatus: install ok installed\nArchitecture: all\nDescription: one\n two\n .\n three\n';
    expect(parseStatus(`${text}\n\n`).get('a')?.record).toBe(text.trim());
  });

  test('has no packages where there is no dpkg', () => {
    expect(parseStatus('').size).toBe(0);
  });
});

describe('withDependencies', () => {
  test('follows Depends and Pre-Depends over several steps, versions and architectures aside', () => {
    const names = namesWith(
      ['a'],
      { Package: 'a', Depends: 'b (>= 1.2), c:any' },
      { Package: 'b', 'Pre-Depends': 'd [linux-any]' },
      { Package: 'c' },
      { Package: 'd' },
      { Package: 'unrelated' },
    );
    expect(names).toEqual(['a', 'b', 'c', 'd']);
  });

  test('takes of alternatives the first that is installed', () => {
    expect(namesWith(['a'], { Package: 'a', Depends: 'x | c | b' }, { Package: 'b' }, { Package: 'c' })).toEqual([
      'a',
      'c',
    ]);
  });

  test('takes what provides a name', () => {
    const provider = { Package: 'mawk', Provides: 'awk (= 1), other' };
    expect(namesWith(['a'], { Package: 'a', Depends: 'awk' }, provider)).toEqual(['a', 'mawk']);
  });

  test('reads dependencies that go over several lines', () => {
    expect(namesWith(['a'], { Package: 'a', Depends: 'b,\n c' }, { Package: 'b' }, { Package: 'c' })).toHaveLength(3);
  });

  test('ends when packages depend on each other, and passes over what is not installed', () => {
    const records = [
      { Package: 'a', Depends: 'b, gone' },
      { Package: 'b', Depends: 'a' },
    ];
    expect(namesWith(['a', 'missing'], ...records)).toEqual(['a', 'b']);
  });
});
