import type { DebugPlace } from '../debug-container.js';
import { printable } from './format.js';
import type { Style } from './style.js';

/** Where a shell was opened, and where the application's files are from there: one line. */
export function renderDebugPlace({ container, engine, root, busybox }: DebugPlace, style: Style): string {
  const files =
    root === undefined
      ? 'its files are below /proc/PID/root, with the ID of a process of its own (it shares those of another container)'
      : `its files are below ${root}`;
  return style.dim(
    `beside ${printable(container)} on ${engine}: ${files}, its processes and its network are at hand; tools: busybox ${printable(busybox)}`,
  );
}
