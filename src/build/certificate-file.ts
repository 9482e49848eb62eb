import { describeThrown, SlimtraceError } from '../errors.js';
import type { FileTree, TreeEntry } from '../image/file-tree.js';
import { ancestorsOf, asImagePath, baseName, childOf, type ImagePath } from '../image/path.js';
import { readGivenFile } from '../system/given-file.js';
import type { PlacedFile } from './composition.js';

/** Where Debian, Alpine and Go's crypto/x509 look first. */
const bundleDirectory = '/etc/ssl/certs';
const bundlePath = `${bundleDirectory}/ca-certificates.crt`;

/** Reads the user's CA bundle (PEM). Throws `certificates-unreadable`. */
export async function readCertificates(file: string, signal: AbortSignal): Promise<Uint8Array> {
  const bytes = await readGivenFile(file, { signal }).catch((error: unknown) => {
    if (!(error instanceof SlimtraceError)) throw error;
    throw new SlimtraceError('certificates-unreadable', { file, reason: describeThrown(error.cause) });
  });
  if (!bytes.includes('-----BEGIN CERTIFICATE-----')) {
    throw new SlimtraceError('certificates-unreadable', { file, reason: 'it holds no PEM certificate' });
  }
  return bytes;
}

/** A CA bundle as a file of the image, with the directories it needs; it takes the place of the image's own. */
export function placeCertificates(bytes: Uint8Array, tree: FileTree): PlacedFile[] {
  const path = realPlace(tree);
  const plain = { uid: 0, gid: 0, mtime: { seconds: 0, nanoseconds: 0 } };
  const directories = [...ancestorsOf(path)].filter((directory) => !tree.has(directory));
  return [
    ...directories.map(
      (directory): PlacedFile => ({
        entry: { ...plain, path: directory, type: 'directory', mode: 0o755, sizeBytes: 0 },
      }),
    ),
    {
      entry: { ...plain, path, type: 'file', mode: 0o644, sizeBytes: bytes.length } satisfies TreeEntry,
      contents: bytes,
    },
  ];
}

/** The bundle's path with the symlinks of the image followed, so that no link is turned into a file or directory. */
function realPlace(tree: FileTree): ImagePath {
  const bundle = tree.resolve(bundlePath).entry;
  if (bundle !== undefined) return bundle.path;
  const directory = tree.resolve(bundleDirectory).entry;
  return directory?.type === 'directory'
    ? childOf(directory.path, baseName(asImagePath(bundlePath)))
    : asImagePath(bundlePath);
}
