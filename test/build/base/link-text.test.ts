import { describe, expect, test } from 'vitest';
import { renderMovedLink, renderRelativeLink } from '../../../src/build/base/link-text.js';
import { asImagePath } from '../../../src/image/path.js';
import { treeOf } from '../../image/tree-of.js';

test.each([
  ['/lib/c', '/usr/lib/c', '../usr/lib/c'],
  ['/lib/t/c', '/usr/lib/t/c', '../../usr/lib/t/c'],
  ['/usr/lib/c', '/usr/lib64/c', '../lib64/c'],
  ['/a', '/b', 'b'],
  ['/a/b', '/a', '../a'],
])('renderRelativeLink: %s → %s is %s', (from, to, text) => {
  expect(renderRelativeLink(asImagePath(from), asImagePath(to))).toBe(text);
});

describe('renderMovedLink', () => {
  const tree = treeOf({
    '/lib': { linkTarget: 'usr/lib' },
    '/usr/lib/x/y': { body: 'y' },
    '/opt/link': { linkTarget: '/' },
  });
  const render = (text: string, isMoved: boolean) => renderMovedLink(asImagePath('/opt/a/link'), text, isMoved, tree);

  test('what says the same from everywhere stays as it is', () => {
    for (const text of ['y', './y', '/lib/x', 'x/y/']) expect(render(text, true)).toBe(text);
    for (const text of ['../y', '../../lib/x']) expect(render(text, false)).toBe(text);
  });

  test('a moved link that leads up is absolute, and no text goes up behind a name', () => {
    expect(render('../y', true)).toBe('/opt/y');
    expect(render('../../lib/x', true)).toBe('/lib/x');
    expect(render('/lib/x/../../share', false)).toBe('/usr/share');
    expect(render('../../../../..', true)).toBe('/');
    expect(render('none/../y', false)).toBe('/opt/a/y');
  });
});
