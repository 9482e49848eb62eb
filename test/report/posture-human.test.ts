import { expect, test } from 'vitest';
import type { ReportedPosture } from '../../src/report/posture.js';
import { renderPosture } from '../../src/report/posture-human.js';
import { plainStyle } from '../../src/report/style.js';

const nothing: ReportedPosture = {
  user: { original: '', slim: '' },
  owners: [],
  remarks: [],
  secrets: [],
  worldWritable: { original: 3, slim: [] },
};
const own = (path: string) => ({ path, from: '0:0', to: '65532:65532', why: 'writes' }) as const;

test('an image that runs as it did, and ships nothing odd, has no line', () => {
  expect(renderPosture(nothing, plainStyle)).toBe('');
});

test('who it runs as, what became its own, and what ships', () => {
  const posture: ReportedPosture = {
    user: { original: '', slim: '65532:65532' },
    owners: [own('/data'), { ...own('/etc/key.pem'), why: 'reads' }],
    remarks: ['the original’s user writes /etc/passwd'],
    secrets: [{ place: '/etc/key.pem:1', what: 'a private key (PEM)' }],
    worldWritable: { original: 1, slim: ['/srv/notes'] },
  };
  expect(renderPosture(posture, plainStyle).split('\n')).toEqual([
    'user       runs as 65532:65532 (the original: root); 2 paths are now its own:',
    '           /data (was 0:0, to be written)',
    '           /etc/key.pem (was 0:0, to be read): a private key',
    'remark     the original’s user writes /etc/passwd',
    'secret     /etc/key.pem:1: a private key (PEM)',
    '           (--exclude leaves a file out; --fail-on secrets makes no image with any)',
    'writable   by everybody, as in the original: /srv/notes',
  ]);
});

test('what became its group’s alone is not its own', () => {
  const owners = [own('/data'), { path: '/etc/app.conf', from: '5:7', to: '5:65532', why: 'reads' } as const];
  const posture: ReportedPosture = { ...nothing, user: { original: '', slim: '65532:65532' }, owners };
  expect(renderPosture(posture, plainStyle).split('\n')).toEqual([
    'user       runs as 65532:65532 (the original: root); 2 paths are now its own or its group’s:',
    '           /data (was 0:0, to be written)',
    '           /etc/app.conf (was 5:7, to be read by its group)',
  ]);
});

test('names that move the cursor, and thousands of them, don’t', () => {
  const owners = Array.from({ length: 5000 }, (_, index) => own(`/a\u001b[2J${index}`));
  const lines = renderPosture({ ...nothing, owners }, plainStyle).split('\n');
  expect(lines).toHaveLength(8);
  expect(lines[1]).toBe('           /a\\x1b[2J0 (was 0:0, to be written)');
  expect(lines.at(-1)).toBe('           and 4994 more (--json has them all)');
});
