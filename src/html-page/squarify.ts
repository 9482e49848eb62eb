export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a rectangle among weights, largest first, so that each part's area is its share and parts are about as wide as
 * high (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000). Weights must be positive.
 */
export function squarify(weights: readonly number[], within: Rectangle): readonly Rectangle[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = total === 0 ? 0 : (within.width * within.height) / total;
  const placed: Rectangle[] = [];
  let free = within;
  for (let start = 0; start < weights.length; ) {
    const side = Math.min(free.width, free.height);
    let end = start + 1;
    let sum = (weights[start] ?? 0) * scale;
    let worst = worstRatio(weights[start] ?? 0, weights[start] ?? 0, { sum, scale, side });
    while (end < weights.length) {
      const grown = sum + (weights[end] ?? 0) * scale;
      const ratio = worstRatio(weights[start] ?? 0, weights[end] ?? 0, { sum: grown, scale, side });
      if (ratio > worst) break;
      [sum, worst, end] = [grown, ratio, end + 1];
    }
    const row = weights.slice(start, end).map((weight) => weight * scale);
    free = placeRow(row, sum, free, placed);
    start = end;
  }
  return placed;
}

/** How far the least square part of a row is from a square. */
function worstRatio(
  largest: number,
  smallest: number,
  { sum, scale, side }: { readonly sum: number; readonly scale: number; readonly side: number },
): number {
  const squared = sum * sum;
  const sides = side * side;
  return Math.max((sides * largest * scale) / squared, squared / (sides * smallest * scale));
}

/** Lays a row along the shorter side, and returns what is left. */
function placeRow(row: readonly number[], sum: number, free: Rectangle, placed: Rectangle[]): Rectangle {
  const isWide = free.width >= free.height;
  const side = isWide ? free.height : free.width;
  const thickness = side === 0 ? 0 : sum / side;
  let along = 0;
  for (const area of row) {
    const length = thickness === 0 ? 0 : area / thickness;
    placed.push(
      isWide
        ? { x: free.x, y: free.y + along, width: thickness, height: length }
        : { x: free.x + along, y: free.y, width: length, height: thickness },
    );
    along += length;
  }
  return isWide
    ? { x: free.x + thickness, y: free.y, width: free.width - thickness, height: free.height }
    : { x: free.x, y: free.y + thickness, width: free.width, height: free.height - thickness };
}
