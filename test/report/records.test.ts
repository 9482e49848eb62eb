import { expect, test } from 'vitest';
import { asImagePath } from '../../src/image/path.ts';
import { renderRecords } from '../../src/report/records-human.ts';
import { plainStyle } from '../../src/report/style.ts';
import { answerWhy } from '../../src/report/why.ts';
import { renderAnswer } from '../../src/report/why-human.ts';
import { reportOf } from './report-of.ts';

test('why: a record is in the image, and who wrote it', () => {
  const record = '/var/lib/dpkg/status.d/libc6';
  const report = {
    ...reportOf('+ /usr/lib/libc.so.6 (libc6)\n- /lib/apk/db/installed'),
    written: [[record, 'file', 9, 0] as const, ['/lib/apk/db/installed', 'file', 9, 0] as const],
  };
  const why = (path: string) => renderAnswer(answerWhy(report, asImagePath(path)), plainStyle);
  const wrote = 'is in app:slim: slimtrace wrote it (a package record, or what the options ask for)\n';
  expect(why(record)).toBe(`${record} ${wrote}`);
  expect(why('/lib/apk/db/installed')).toBe(`/lib/apk/db/installed ${wrote}`);
  expect(why('/usr/lib/libc.so.6')).not.toContain('wrote');
});

test('the report says what is recorded, and prints no escape sequence of an image', () => {
  const render = (form: 'dpkg' | 'left-out' | 'none', remarks: readonly string[] = []) =>
    renderRecords({ form, packages: 1, remarks }, plainStyle);
  expect(render('dpkg')).toBe(
    'records: 1 package recorded for scanners in /var/lib/dpkg/status.d, with the files that are left',
  );
  expect(render('left-out')).toContain('scanners find none');
  expect(render('none')).toBe('');
  expect(render('none', ['a \u001b[31mb'])).toMatch(/^records: a /);
  expect(render('none', ['a \u001b[31mb'])).not.toContain('\u001b');
});
