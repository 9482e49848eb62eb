import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { FileTree, TreeEntry } from '../../../src/image/file-tree.js';
import { encodePathText } from '../../../src/image/path.js';
import { digestOf } from '../../../src/system/digest.js';

/** What any tool can tell of an entry; names and texts as hexadecimal bytes, times in nanoseconds. */
export interface Facts {
  readonly type: string;
  readonly mode: string;
  readonly owner: string;
  readonly size: number;
  /** Empty for a directory that the archive has no entry for: every tool gives it another time. */
  readonly mtime: string;
  readonly target: string;
  readonly device: string;
  readonly xattrs: Readonly<Record<string, string>>;
  /** The other names of the same file. */
  readonly links: readonly string[];
}

export type FactsByPath = Readonly<Record<string, Facts>>;

const script = `
import json, os, stat, sys
root = os.fsencode(sys.argv[1])
kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink", stat.S_IFCHR: "character-device",
         stat.S_IFBLK: "block-device", stat.S_IFIFO: "fifo"}
found, inodes = {}, {}
def read(path, name):
    s = os.lstat(path)
    kind = kinds[stat.S_IFMT(s.st_mode)]
    if kind != "directory": inodes.setdefault(s.st_ino, []).append(name)
    found[name] = {"type": kind, "mode": oct(stat.S_IMODE(s.st_mode)), "owner": f"{s.st_uid}:{s.st_gid}",
        "size": s.st_size if kind == "file" else 0, "mtime": str(s.st_mtime_ns), "ino": s.st_ino,
        "target": os.readlink(path).hex() if kind == "symlink" else "",
        "device": f"{os.major(s.st_rdev)}:{os.minor(s.st_rdev)}" if kind.endswith("device") else "",
        "xattrs": {n: os.getxattr(path, n, follow_symlinks=False).hex() for n in os.listxattr(path, follow_symlinks=False)}}
read(root, b"/".hex())
for directory, directories, files in os.walk(root):
    for name in directories + files:
        path = os.path.join(directory, name)
        read(path, (b"/" + os.path.relpath(path, root)).hex())
for name, facts in found.items():
    facts["links"] = sorted(other for other in inodes.get(facts.pop("ino"), []) if other != name)
print(json.dumps(found))
`;

/** What is on the disk below a directory, read by Python, which hands names over as bytes. */
export async function readUnpacked(root: string): Promise<FactsByPath> {
  const { stdout } = await execa('python3', ['-c', script, root], { maxBuffer: 1e9 });
  return JSON.parse(stdout) as FactsByPath;
}

const hexOf = (text: string) => encodePathText(text).toString('hex');

/** The same of a flattened tree. */
export function factsOf(tree: FileTree): FactsByPath {
  const names = new Map<string, string[]>();
  for (const { hardLinkId, path } of tree.entries())
    if (hardLinkId !== undefined) names.set(hardLinkId, [...(names.get(hardLinkId) ?? []), hexOf(path)]);
  const facts = [...tree.entries()].map((entry) => {
    const links = (names.get(entry.hardLinkId ?? '') ?? []).filter((name) => name !== hexOf(entry.path));
    return [hexOf(entry.path), { ...entryFacts(entry), links: links.sort() }] as const;
  });
  return Object.fromEntries(facts);
}

function entryFacts({ type, mode, uid, gid, sizeBytes, mtime, linkTarget, device, xattrs }: TreeEntry) {
  return {
    type,
    mode: `0o${mode.toString(8)}`,
    owner: `${uid}:${gid}`,
    size: sizeBytes,
    mtime: String(BigInt(mtime.seconds) * 1_000_000_000n + BigInt(mtime.nanoseconds)),
    target: hexOf(linkTarget ?? ''),
    device: device === undefined ? '' : `${device.major}:${device.minor}`,
    xattrs: Object.fromEntries(
      [...(xattrs ?? [])].map(([name, value]) => [name, Buffer.from(value).toString('hex')] as const),
    ),
  };
}

/** Writes an OCI layout (image-spec image-layout.md) of one image named `it`, and nothing but what umoci asks for. */
export async function writeLayout(directory: string, tars: readonly Uint8Array[]): Promise<void> {
  await mkdir(join(directory, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, content: Uint8Array | string) => {
    const digest = digestOf(content);
    writeFileSync(join(directory, 'blobs/sha256', digest.slice('sha256:'.length)), content);
    return { mediaType: `application/vnd.oci.image.${mediaType}`, digest, size: Buffer.byteLength(content) };
  };
  const layers = tars.map((tar) => put('layer.v1.tar', tar));
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = put('config.v1+json', JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs }));
  const manifest = put('manifest.v1+json', JSON.stringify({ schemaVersion: 2, config, layers }));
  const annotations = { 'org.opencontainers.image.ref.name': 'it' };
  writeFileSync(
    join(directory, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  );
  writeFileSync(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** Unpacks the image `it` of a layout; gives the tree's directory, or what umoci says against it. */
export async function unpackWithUmoci(layout: string, bundle: string): Promise<{ root: string } | { refusal: string }> {
  const { exitCode, stderr } = await execa('umoci', ['unpack', '--image', `${layout}:it`, bundle], { reject: false });
  return exitCode === 0 ? { root: join(bundle, 'rootfs') } : { refusal: stderr };
}
