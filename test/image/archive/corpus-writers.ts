import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { corpusName, otherName, writeOtherImage } from './corpus-image.js';
import type { Workshop } from './workshop.js';

/** How an archive of the corpus image is read: by slimtrace, and by skopeo, which may need another way to it. */
export interface WrittenArchive {
  readonly ours: string;
  readonly theirs: string;
}

/** Makes an archive at a path that is free. `base` is the corpus image as slimtrace wrote it. */
export type CorpusWriter = (workshop: Workshop, to: string, base: string) => WrittenArchive | Promise<WrittenArchive>;

const same = (reference: string): WrittenArchive => ({ ours: reference, theirs: reference });

const engines: Readonly<Record<string, CorpusWriter>> = {
  'docker save': (workshop, to) => {
    workshop.docker('save', '--output', to, corpusName);
    return { ours: to, theirs: `docker-archive:${to}` };
  },
  'docker save of two images': (workshop, to) => {
    workshop.docker('save', '--output', to, corpusName, otherName);
    return same(`docker-archive:${to}:${corpusName}`);
  },
  'docker save | gzip': (workshop, to) => {
    workshop.docker('save', '--output', to, corpusName);
    workshop.run('gzip', '-1', '--keep', to);
    return { ours: `${to}.gz`, theirs: `docker-archive:${to}` };
  },
  'docker save | zstd': (workshop, to) => {
    workshop.docker('save', '--output', to, corpusName);
    workshop.run('zstd', '--quiet', to);
    return { ours: `${to}.zst`, theirs: `docker-archive:${to}` };
  },
  'podman save, docker-archive': (workshop, to) => {
    workshop.podman('save', '--quiet', '--format', 'docker-archive', '--output', to, corpusName);
    return { ours: to, theirs: `docker-archive:${to}` };
  },
  'podman save, oci-archive': (workshop, to) => {
    workshop.podman('save', '--quiet', '--format', 'oci-archive', '--output', to, corpusName);
    return { ours: to, theirs: `oci-archive:${to}` };
  },
  'podman save, oci-dir': (workshop, to) => {
    workshop.podman('save', '--quiet', '--format', 'oci-dir', '--output', to, corpusName);
    return { ours: to, theirs: `oci:${to}` };
  },
  'podman save of two images': (workshop, to) => {
    workshop.podman('save', '--quiet', '--multi-image-archive', '--output', to, corpusName, otherName);
    return same(`docker-archive:${to}:${corpusName}`);
  },
  'buildah push, docker-archive': (workshop, to) => pushed(workshop, `docker-archive:${to}:${corpusName}`),
  'buildah push, oci-archive': (workshop, to) => pushed(workshop, `oci-archive:${to}:1`),
  'buildah push, oci': (workshop, to) => pushed(workshop, `oci:${to}:1`),
  'buildah manifest push of two platforms': async (workshop, to, base) => {
    const arm = `${to}.arm.tar`;
    await writeOtherImage(arm, otherName, 'arm64');
    workshop.buildah('manifest', 'create', 'platforms');
    workshop.buildah('manifest', 'add', '--arch', 'arm64', 'platforms', `oci-archive:${arm}`);
    workshop.buildah('manifest', 'add', '--arch', 'amd64', 'platforms', `oci-archive:${base}`);
    workshop.buildah('manifest', 'push', '--quiet', '--all', 'platforms', `oci:${to}:1`);
    return same(`oci:${to}:1`);
  },
};

function pushed(workshop: Workshop, target: string): WrittenArchive {
  workshop.buildah('push', '--quiet', corpusName, target);
  return same(target);
}

/** @param target with TO for the path */
function copied(target: string, ...flags: string[]): CorpusWriter {
  return (workshop, to, base) => {
    const reference = target.replace('TO', to);
    workshop.copy(...flags, `oci-archive:${base}`, reference);
    // umoci reads neither zstd nor what isn't compressed in the way that skopeo calls it.
    return { ours: reference, theirs: `oci-archive:${base}` };
  };
}

const converters: Readonly<Record<string, CorpusWriter>> = {
  'skopeo copy, docker-archive': copied(`docker-archive:TO:${corpusName}`),
  'skopeo copy, oci, gzip': copied('oci:TO:1'),
  'skopeo copy, oci, zstd': copied('oci:TO:1', '--dest-compress-format', 'zstd'),
  'skopeo copy, oci, plain': copied('oci:TO:1', '--dest-oci-accept-uncompressed-layers'),
  'skopeo copy, oci-archive, gzip': copied('oci-archive:TO'),
  'skopeo copy, oci-archive, zstd': copied('oci-archive:TO:1', '--dest-compress-format', 'zstd'),
  'umoci repack, a layer of its own on top': (workshop, to, base) => {
    workshop.copy(`oci-archive:${base}`, `oci:${to}:1`);
    workshop.run('umoci', 'unpack', '--image', `${to}:1`, `${to}.bundle`);
    const rootfs = join(`${to}.bundle`, 'rootfs');
    rmSync(join(rootfs, 'below/opaque'), { recursive: true });
    rmSync(join(rootfs, 'kinds/first'));
    workshop.run('ln', join(rootfs, 'kinds/plain'), join(rootfs, 'kinds/another-name'));
    workshop.run('umoci', 'repack', '--image', `${to}:2`, `${to}.bundle`);
    return same(`oci:${to}:2`);
  },
};

/** GNU tar over a layout directory: names begin with `./`, there are directories, and it knows formats of its own. */
function taredLayout(format: string): CorpusWriter {
  return (workshop, to, base) => {
    workshop.copy(`oci-archive:${base}`, `oci:${to}.layout:1`);
    workshop.run('tar', '--create', `--format=${format}`, '--file', to, '--directory', `${to}.layout`, '.');
    return { ours: to, theirs: `oci-archive:${to}` };
  };
}

/** @param relink a shell line that is run for each `$link` between equal layers */
function taredDockerSave(relink: string): CorpusWriter {
  return (workshop, to) => {
    const saved = `${to}.saved`;
    const unpacked = `${to}.unpacked`;
    workshop.docker('save', '--output', saved, corpusName);
    mkdirSync(unpacked);
    workshop.run('tar', '--extract', '--file', saved, '--directory', unpacked);
    const script = `cd "$0" && find . -name layer.tar -type l | while read -r link; do echo "$link"; ${relink}; done`;
    if (workshop.run('sh', '-c', script, unpacked) === '') throw new Error('docker save wrote no links between layers');
    workshop.run('tar', '--create', '--file', to, '--directory', unpacked, '.');
    return { ours: to, theirs: `docker-archive:${saved}` };
  };
}

/** Whoever writes archives, by what they do. */
export const corpusWriters: Readonly<Record<string, CorpusWriter>> = {
  'slimtrace: one tar, by its index': (_, __, base) => same(`oci-archive:${base}`),
  'slimtrace: one tar, by its manifest.json': (_, __, base) => same(`docker-archive:${base}`),
  ...engines,
  ...converters,
  ...Object.fromEntries(
    ['gnu', 'oldgnu', 'posix', 'ustar', 'v7'].map((format) => [
      `tar --format=${format} of a layout`,
      taredLayout(format),
    ]),
  ),
  'tar of what docker save wrote, equal layers as symlinks': taredDockerSave(':'),
  'tar of what docker save wrote, equal layers as hard links': taredDockerSave('ln -f "$(realpath "$link")" "$link"'),
};
