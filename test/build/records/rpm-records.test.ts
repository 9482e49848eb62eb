import { expect, test } from 'vitest';
import { writeHeader } from '../../image/rpm/header-writer.js';
import { writeSqlite } from '../../image/rpm/sqlite-writer.js';
import { recordsOf } from './records-of.js';

test('an rpm database is kept whole, by every name, and what it lists beyond is told', async () => {
  const body = writeSqlite([
    writeHeader('bash', ['/usr/bin/'], [[0, 'bash']]),
    writeHeader('gone', ['/usr/bin/'], [[0, 'gone']]),
  ]);
  const image = {
    '/var/lib/rpm': { linkTarget: '../../usr/lib/sysimage/rpm' },
    '/usr/lib/sysimage/rpm/rpmdb.sqlite': { body },
    '/usr/lib/sysimage/rpm/rpmdb.sqlite-shm': {},
    '/usr/lib/sysimage/rpm/.rpm.lock': {},
    '/usr/bin/bash': {},
    '/usr/bin/gone': {},
  };
  const records = await recordsOf(image, ['/', '/usr', '/usr/bin', '/usr/bin/bash']);
  expect(records).toMatchObject({ form: 'whole', packages: ['bash', 'gone'] });
  expect(records.remarks).toEqual(['the rpm database is kept whole: of the 2 packages it lists, 1 have files here']);
  expect(records.written).toEqual({
    '/var': '/',
    '/var/lib': '/',
    '/var/lib/rpm': ' -> ../../usr/lib/sysimage/rpm',
    '/usr/lib': '/',
    '/usr/lib/sysimage': '/',
    '/usr/lib/sysimage/rpm': '/',
    '/usr/lib/sysimage/rpm/rpmdb.sqlite': "the original's /usr/lib/sysimage/rpm/rpmdb.sqlite",
    '/usr/lib/sysimage/rpm/rpmdb.sqlite-shm': "the original's /usr/lib/sysimage/rpm/rpmdb.sqlite-shm",
  });
});

test('one that nobody here reads is kept all the same, with the reason', async () => {
  const records = await recordsOf({ '/var/lib/rpm/Packages': { body: 'x' }, '/app': {} }, ['/app']);
  expect(records).toMatchObject({ form: 'whole', packages: [] });
  expect(Object.keys(records.written)).toContain('/var/lib/rpm/Packages');
  expect(records.remarks[0]).toContain('Berkeley DB');
});

test('no database, no records', async () => {
  expect(await recordsOf({ '/app': {} }, ['/app'])).toMatchObject({ form: 'none', written: {}, remarks: [] });
});
