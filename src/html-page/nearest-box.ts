import type { Rectangle } from './squarify.js';

/** A unit step to the right and down. */
type Direction = readonly [x: number, y: number];

/** Where the arrow keys lead. */
export const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The box whose middle is nearest in a direction; what lies aside counts twice as far. */
export function nearestBox(boxes: readonly Rectangle[], from: Rectangle, [dx, dy]: Direction): number | undefined {
  const middle = ({ x, y, width, height }: Rectangle) => [x + width / 2, y + height / 2] as const;
  const [x, y] = middle(from);
  let best: number | undefined;
  let shortest = Number.POSITIVE_INFINITY;
  for (const [at, box] of boxes.entries()) {
    const [otherX, otherY] = middle(box);
    const ahead = (otherX - x) * dx + (otherY - y) * dy;
    if (ahead <= 0.5) continue;
    const aside = Math.abs((otherX - x) * dy) + Math.abs((otherY - y) * dx);
    const distance = ahead + 2 * aside;
    if (distance < shortest) [shortest, best] = [distance, at];
  }
  return best;
}
