import { readFileSync } from 'node:fs';
import { writeImage } from '../../src/image/archive/write-image.js';
import type { ImageConfig } from '../../src/image/image.js';
import { renderTarHeader, tarEnd, tarPadding } from '../../src/image/tar-header.js';

/** An entry of a small image: a file's text or bytes, a directory, a symlink. */
export type SmallEntry =
  | string
  | { readonly bytes: Uint8Array; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly directory: true; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly link: string };

/** Debian's busybox-static, and the names it goes by in a small image. */
const busyboxFile = '/bin/busybox';
const applets = ['sh', 'cat', 'echo', 'sleep', 'id', 'ls', 'httpd', 'env', 'touch', 'wget', 'kill', 'true', 'false'];

/** What makes a small image run: busybox, its names, users. Nothing of it is needed but what the image runs. */
export function busyboxEntries(): Record<string, SmallEntry> {
  return {
    'bin/busybox': { bytes: readFileSync(busyboxFile), mode: 0o755 },
    ...Object.fromEntries(applets.map((name) => [`bin/${name}`, { link: 'busybox' }])),
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\n',
    'etc/group': 'root:x:0:\napp:x:1000:\nextra:x:2000:app\n',
    'home/app': { directory: true, mode: 0o755, uid: 1000, gid: 1000 },
    tmp: { directory: true, mode: 0o1777 },
  };
}

/** Writes an image of one layer as an archive, without any engine. Parents of entries are made as needed. */
export async function writeSmallArchive(
  file: string,
  name: string,
  entries: Readonly<Record<string, SmallEntry>>,
  config: ImageConfig,
): Promise<void> {
  const platform = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' };
  const blob = { ...platform, created: '2026-01-02T03:04:05Z', config, history: [{ created_by: 'test' }] };
  await writeImage({ transport: 'file', path: file }, name, blob, [layerOf(entries)]);
}

async function* layerOf(entries: Readonly<Record<string, SmallEntry>>): AsyncGenerator<Uint8Array> {
  const made = new Set<string>();
  const plain = { uid: 0, gid: 0, sizeBytes: 0, mtime: { seconds: 1_700_000_000, nanoseconds: 0 } };
  for (const [path, entry] of Object.entries(entries)) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (made.has(parent)) continue;
      made.add(parent);
      yield renderTarHeader({ ...plain, name: parent, type: 'directory', mode: 0o755 });
    }
    made.add(path);
    if (typeof entry === 'object' && 'link' in entry) {
      yield renderTarHeader({ ...plain, name: path, type: 'symlink', mode: 0o777, linkTarget: entry.link });
    } else if (typeof entry === 'object' && 'directory' in entry) {
      const { mode = 0o755, uid = 0, gid = 0 } = entry;
      yield renderTarHeader({ ...plain, name: path, type: 'directory', mode, uid, gid });
    } else {
      const {
        bytes,
        mode = 0o644,
        uid = 0,
        gid = 0,
      } = typeof entry === 'string' ? { bytes: Buffer.from(entry) } : entry;
      yield renderTarHeader({ ...plain, name: path, type: 'file', mode, uid, gid, sizeBytes: bytes.length });
      yield bytes;
      yield tarPadding(bytes.length);
    }
  }
  yield tarEnd;
}
