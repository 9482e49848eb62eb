import { expect, test } from 'vitest';
import { requireShippable } from '../../src/build/require-shippable.js';
import { treeOf } from '../image/tree-of.js';

test('a file whose name takes another away is refused: in a layer of its own it would hide a kept one', () => {
  const refuse = (path: string) => () => requireShippable([...treeOf({ '/app/server': {}, [path]: {} }).entries()]);
  for (const path of ['/app/.wh.server', '/.wh..wh..opq', '/app/.wh.d/x', '/.wh.'])
    expect(refuse(path), path).toThrow(expect.objectContaining({ code: 'name-unshippable' }));
  for (const path of ['/app/.white', '/app/x.wh.y', '/wh.x']) expect(refuse(path), path).not.toThrow();
});
