import { expect, test } from 'vitest';
import { parseDpkgStatus } from '../../src/image/dpkg-status.js';

const fieldsOf = (text: string) => parseDpkgStatus(text).map(({ fields }) => Object.fromEntries(fields));

test('stanzas, with the lines that continue a value', () => {
  const first = 'Package: a\nVersion:1\nConffiles:\n /etc/a 0\n\t/etc/b 1\nDescription: x\n .\n y';
  expect(fieldsOf(`\n${first}\n \t\n\n\nPackage: b`)).toEqual([
    { package: 'a', version: '1', conffiles: '\n /etc/a 0\n\t/etc/b 1', description: 'x\n .\n y' },
    { package: 'b' },
  ]);
  expect(parseDpkgStatus(`${first}\n\n`).map(({ text }) => text)).toEqual([first]);
});

test('what is no field is passed over, with what continues it', () => {
  expect(fieldsOf(' lost\nPackage: a\nno field\n of its own\n: x\nVersion: 1')).toEqual([
    { package: 'a', version: '1' },
  ]);
  expect(fieldsOf('')).toEqual([]);
  expect(fieldsOf('\n \n\t')).toEqual([]);
});

test.each([
  ['blank lines', '\n'],
  ['lines of spaces', ' \n'],
  ['a line of spaces', ' '],
])(
  '%s without end overflow no stack',
  (_, unit) => {
    expect(fieldsOf(`Package: a\n${unit.repeat(10_000_000)}\nPackage: b\n`)).toEqual([
      { package: 'a' },
      { package: 'b' },
    ]);
  },
  30_000,
);
