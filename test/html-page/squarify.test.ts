import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directions, nearestBox } from '../../src/html-page/nearest-box.ts';
import { squarify } from '../../src/html-page/squarify.ts';

const within = { x: 10, y: 20, width: 600, height: 400 };

test('each part’s area is its share, and all lie inside without overlapping', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 40 }), (given) => {
      const weights = given.sort((left, right) => right - left);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const boxes = squarify(weights, within);
      expect(boxes).toHaveLength(weights.length);
      for (const [at, box] of boxes.entries()) {
        expect(box.width * box.height).toBeCloseTo(((weights[at] ?? 0) / total) * 240_000, 3);
        expect(box.x).toBeGreaterThanOrEqual(10 - 1e-6);
        expect(box.y + box.height).toBeLessThanOrEqual(420 + 1e-6);
        expect(box.x + box.width).toBeLessThanOrEqual(610 + 1e-6);
        for (const other of boxes.slice(0, at)) {
          const wide = Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x);
          const high = Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y);
          expect(wide > 1e-6 && high > 1e-6).toBe(false);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('the example of the paper: parts are near squares', () => {
  const boxes = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
  const ratios = boxes.map(({ width, height }) => Math.max(width / height, height / width));
  expect(boxes[0]).toEqual({ x: 0, y: 0, width: 3, height: 2 });
  expect(Math.max(...ratios)).toBeLessThan(3);
});

test('nothing, and no room', () => {
  expect(squarify([], within)).toEqual([]);
  expect(squarify([1, 1], { x: 0, y: 0, width: 0, height: 0 })).toHaveLength(2);
});

test('an arrow key goes to the part beside, not to one far aside', () => {
  const box = (x: number, y: number) => ({ x, y, width: 10, height: 10 });
  const boxes = [box(0, 0), box(20, 0), box(12, 60), box(0, 20)];
  const from = (at: number, key: string) => nearestBox(boxes, boxes[at] ?? box(0, 0), directions[key] ?? [0, 0]);
  expect([from(0, 'ArrowRight'), from(0, 'ArrowDown'), from(1, 'ArrowLeft'), from(0, 'ArrowLeft')]).toEqual([
    1,
    3,
    0,
    undefined,
  ]);
});
