import { formatAmount } from '../amount.js';
import type { BuiltLayer, Push } from '../push-size.js';
import { formatBytes, formatPercent, renderColumns } from './format.js';
import type { Style } from './style.js';

/** What a report says about a slim image's layers, bottom first, and about a push of it. */
export interface ReportedLayers {
  readonly layers: readonly BuiltLayer[];
  /** Null when nothing had the name before. */
  readonly push: Push | null;
}

/** What a kind of layer is called. */
export const layerNames: Readonly<Record<BuiltLayer['kind'], string>> = {
  base: 'base',
  os: 'system',
  runtime: 'runtime',
  dependencies: 'dependencies',
  application: 'application',
  all: 'everything else',
  debug: 'debugging',
};

/** A line for each kind of layer, and what a push moves; nothing for an image of one layer. */
export function renderLayers({ layers, push }: ReportedLayers, style: Style): string {
  if (layers.length < 2) return '';
  const kinds = [...new Set(layers.map(({ kind }) => kind))];
  const rows = kinds.map((kind) => {
    const those = layers.filter((layer) => layer.kind === kind);
    const bytes = those.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return [those.length === 1 ? 'layer' : 'layers', layerNames[kind], formatBytes(bytes), describeExtent(those)];
  });
  const lines = renderColumns(rows, new Set([2])).split('\n');
  return [...lines.map((line) => line.replace(/^\S+/, style.dim)), ...(push === null ? [] : [renderPush(push)])].join(
    '\n',
  );
}

function describeExtent(layers: readonly BuiltLayer[]): string {
  const files = layers.reduce((sum, layer) => sum + (layer.files ?? 0), 0);
  if (layers[0]?.files === null) return layers.length === 1 ? '' : `${layers.length} layers`;
  return formatAmount(files, 'file');
}

function renderPush({ movedBytes, totalBytes, moved }: Push): string {
  const before = 'on top of the image that had this name';
  if (moved.length === 0) return `a push moves no layer ${before}`;
  const share = totalBytes === 0 ? '' : ` (${formatPercent(movedBytes / totalBytes)})`;
  const which = moved.map((kind) => layerNames[kind]).join(', ');
  return `a push moves ${formatBytes(movedBytes)} of ${formatBytes(totalBytes)}${share} ${before}: ${which}`;
}
