import type { FileTree } from '../../image/file-tree.js';
import type { ImageConfig } from '../../image/image.js';
import type { ImagePath } from '../../image/path.js';

/** More of a command line says nothing more. */
const maxWords = 200;

/** Files that the image's command names, by path or through PATH, symlinks followed. */
export function namedByConfig(config: ImageConfig, tree: FileTree): ReadonlySet<ImagePath> {
  const words = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])].flatMap((text) => text.split(/[\s"':;&|=]+/));
  const searched = (config.Env ?? []).find((line) => line.startsWith('PATH='))?.slice('PATH='.length) ?? '';
  const directories = [config.WorkingDir || '/', ...searched.split(':')].filter((directory) => directory !== '');
  const named = new Set<ImagePath>();
  for (const word of words.slice(0, maxWords)) {
    if (word === '') continue;
    const candidates = word.startsWith('/') ? [word] : directories.map((directory) => `${directory}/${word}`);
    for (const candidate of candidates) {
      const { entry } = tree.resolve(candidate);
      if (entry?.type === 'file') named.add(entry.path);
    }
  }
  return named;
}

/** The one jar of these; several are a class path, which names libraries too. */
export function onlyJar(named: ReadonlySet<ImagePath>): ImagePath | undefined {
  const [jar, ...others] = [...named].filter((path) => path.endsWith('.jar'));
  return others.length === 0 ? jar : undefined;
}

/** Directories of every system: that one of them is the working directory says nothing about what is in it. */
const general = new Set(
  '/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib /usr/lib64 /usr/libexec /usr/local /usr/local/bin /usr/local/lib /usr/local/sbin /usr/local/share /usr/sbin /usr/share /usr/src /var /var/cache /var/lib /var/log /var/run /var/tmp'.split(
    ' ',
  ),
);

/** The working directory, symlinks followed, when it is one that the image's author chose. */
export function specificWorkingDirectory({ WorkingDir }: ImageConfig, tree: FileTree): ImagePath | undefined {
  const directory = tree.resolve(WorkingDir || '/').entry;
  return directory?.type === 'directory' && !general.has(directory.path) ? directory.path : undefined;
}
