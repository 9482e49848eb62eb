import { shapeOf } from './name-shape.js';

/** A path with what varies from build to build in its names taken out: a path and another build's name of it have the same. */
export function generalName(path: string): string {
  let directory = '';
  const names = path.split('/').map((name) => {
    const general = shapeOf(name, directory)?.key ?? name;
    if (name !== '') directory += `/${name}`;
    return general;
  });
  return names.join('/');
}

/** Whether `now` may be another build's name of `before`: they differ only in what is sure to vary. */
export function isNextName(before: string, now: string): boolean {
  const [names, others] = [before.split('/'), now.split('/')];
  if (before === now || names.length !== others.length) return false;
  return names.every((name, at) => {
    const other = others[at] ?? '';
    if (name === other) return true;
    const was = shapeOf(name, names.slice(0, at).join('/'));
    const is = shapeOf(other, others.slice(0, at).join('/'));
    return was !== undefined && is !== undefined && was.key === is.key && (was.isSure || is.isSure);
  });
}
