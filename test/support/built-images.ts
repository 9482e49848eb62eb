import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { execa } from 'execa';
import { docker, inspectImage } from './run-docker.ts';

/** The clients that are there, until one builds with BuildKit: one without its buildx can't. */
const buildkit = ['docker', '/usr/bin/docker', '/usr/local/bin/docker'].find((client) => {
  const said = spawnSync(client, ['build', '--help'], {
    encoding: 'utf8',
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
  });
  return said.status === 0 && /--progress/.test(said.stdout);
});

/** Builds an image from a Dockerfile without a context, or from a directory with one. Rejects with what the builder said. */
export async function buildWithBuildKit(
  tag: string,
  { dockerfile = '', context }: { readonly dockerfile?: string; readonly context?: string },
): Promise<void> {
  if (buildkit === undefined) throw new Error('no docker client with BuildKit');
  const source = context === undefined ? ['-'] : ['--file', join(context, 'Dockerfile'), context];
  await execa(buildkit, ['build', '--quiet', '--tag', tag, ...source], {
    input: dockerfile,
    env: { DOCKER_BUILDKIT: '1' },
  });
}

/** The tree of an image as an engine hands it out: every entry's type, mode, owner, time in seconds, link and contents' digest. */
export async function treeOf(image: string): Promise<Map<string, string>> {
  const id = await docker(['create', image, 'none']);
  try {
    const { stdout } = await execa('python3', ['-c', listing], {
      env: { CONTAINER: id },
      maxBuffer: 64 * 1024 * 1024,
    });
    return new Map(JSON.parse(stdout) as [string, string][]);
  } finally {
    await docker(['rm', '--force', '--volumes', id]);
  }
}

/** Python's tarfile, so that nothing of ours judges our own work. What the engine puts there in any container is left out. */
const listing = `
import hashlib, json, os, re, subprocess, tarfile
export = subprocess.Popen(['docker', 'export', os.environ['CONTAINER']], stdout=subprocess.PIPE)
kinds = {tarfile.SYMTYPE: 'l', tarfile.LNKTYPE: 'h', tarfile.DIRTYPE: 'd', tarfile.CHRTYPE: 'c', tarfile.BLKTYPE: 'b', tarfile.FIFOTYPE: 'p'}
provided = re.compile('(?:.dockerenv|dev|dev/console|dev/pts|dev/shm|proc|sys|etc|etc/(?:hostname|hosts|mtab|resolv.conf))$')
rows = []
archive = tarfile.open(fileobj=export.stdout, mode='r|', errors='surrogateescape')
for member in archive:
    if provided.match(member.name): continue
    parts = [kinds.get(member.type, '-'), '%o' % (member.mode & 0o7777 if not member.issym() else 0o777), '%d:%d' % (member.uid, member.gid), '%d' % member.mtime]
    if member.linkname: parts.append(('-> ' if member.issym() else 'link to ') + member.linkname)
    if member.isreg(): parts.append(hashlib.sha256(archive.extractfile(member).read()).hexdigest())
    parts += ['%s=%s' % (k, v) for k, v in sorted(member.pax_headers.items()) if 'xattr' in k]
    rows.append([member.name.rstrip('/'), ' '.join(parts)])
print(json.dumps(rows))
`;

/** An image’s config without what is empty: ArgsEscaped means nothing but on Windows, and builders set it; no working directory is the root. */
export async function configOf(image: string): Promise<Record<string, unknown>> {
  const { ArgsEscaped: _, ...config } = (await inspectImage(image)).Config;
  const filled = { ...config, WorkingDir: config.WorkingDir || '/' };
  return Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== null && value !== ''));
}
