import { describe, expect, test } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { selectFrom, smallImage } from '../small-image.ts';

const image = `
  /app/main.js : 1
  /app/a.js : 1
  /app/b.js : 1
  /app/modules -> store
  /app/store/c.js : 1
`;

const assisted = [
  ['/app/a.js', '/app/main.js'],
  ['/app/b.js', '/app/a.js'],
  ['/app/modules', '/app/b.js'],
  ['/app/store/c.js', '/app/b.js'],
  ['/app/gone.js', '/app/main.js'],
].map(([path = '', parent = '']) => ({ path: asImagePath(path), parent: asImagePath(parent) }));

async function select(options: NonNullable<Parameters<typeof selectFrom>[1]>['options'] = {}) {
  const input = {
    trace: ['read /app/main.js'],
    assisted,
    options: { certificates: false, without: new Set(['application']), ...options },
  };
  return await selectFrom(smallImage(image), input);
}

describe('what @vercel/nft says', () => {
  test('is kept because of what reaches it, links as links', async () => {
    const { kept, selection } = await select();
    expect(kept).toEqual(['/app/a.js', '/app/b.js', '/app/main.js', '/app/modules', '/app/store/c.js']);
    expect(selection.get(asImagePath('/app/b.js'))).toEqual([
      { kind: 'static', defence: 'node', because: 'reaches it, says @vercel/nft', parent: '/app/a.js' },
    ]);
  });

  test('ends where the user excludes something', async () => {
    expect((await select({ exclude: ['/app/b.js'] })).kept).toEqual(['/app/a.js', '/app/main.js']);
  });

  test('is part of the defence node', async () => {
    expect((await select({ without: new Set(['node', 'application']) })).kept).toEqual(['/app/main.js']);
  });
});
