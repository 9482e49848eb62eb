import { expect, test } from 'vitest';
import type { BuiltLayer } from '../../src/push-size.js';
import { renderLayers } from '../../src/report/layers-human.js';
import { plainStyle } from '../../src/report/style.js';

const layer = (kind: BuiltLayer['kind'], sizeBytes: number, files: number | null): BuiltLayer => ({
  kind,
  diffId: `sha256:${kind}`,
  sizeBytes,
  files,
});
const split = [
  layer('base', 20_000_000, null),
  layer('base', 1_000_000, null),
  layer('os', 50_600_000, 1545),
  layer('application', 43_500, 1),
];

test('a line for each kind of layer, and what a push moves', () => {
  const push = { previous: 'sha256:1', movedBytes: 43_500, totalBytes: 71_643_500, moved: ['application'] } as const;
  expect(renderLayers({ layers: split, push }, plainStyle).split('\n')).toEqual([
    'layers  base         21.0 MB  2 layers',
    'layer   system       50.6 MB  1,545 files',
    'layer   application  43.5 kB  1 file',
    'a push moves 43.5 kB of 71.6 MB (0.1%) on top of the image that had this name: application',
  ]);
});

test('a push of what is there already; no image before; one layer', () => {
  const nothing = { previous: 'sha256:1', movedBytes: 0, totalBytes: 71_643_500, moved: [] };
  expect(renderLayers({ layers: split, push: nothing }, plainStyle)).toContain('a push moves no layer');
  expect(renderLayers({ layers: split, push: null }, plainStyle)).not.toContain('push');
  expect(renderLayers({ layers: [layer('all', 5, 1)], push: nothing }, plainStyle)).toBe('');
});
