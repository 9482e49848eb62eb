import type { Locate } from './annotations.js';

/**
 * Finds the lines of a configuration that annotations point at, by their indentation: the key below the image's own, or
 * the image's. `text` is the file's, `file` its path in the repository.
 */
export function locateIn(text: string, file: string): Locate {
  const lines = text.split('\n').map((line) => {
    const [, indent = '', quoted, bare] = /^( *)(?:"([^"]+)"|([\w][\w./-]*))\s*:(?:\s|$)/.exec(line) ?? [];
    return { indent: indent.length, key: quoted ?? bare };
  });
  const below = (from: number, key: string): number | undefined => {
    const depth = lines[from]?.indent ?? 0;
    for (let at = from + 1; at < lines.length; at++) {
      const line = lines[at];
      if (line?.key === undefined) continue;
      if (line.indent <= depth) return undefined;
      if (line.key === key) return at;
    }
    return undefined;
  };
  const images = lines.findIndex(({ indent, key }) => indent === 0 && key === 'images');
  return (image, key) => {
    const entry = images === -1 ? undefined : below(images, image);
    if (entry === undefined) return { file, line: 1 };
    return { file, line: 1 + ((key === null ? undefined : below(entry, key)) ?? entry) };
  };
}
