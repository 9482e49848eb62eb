import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { writeGh } from './github-comments.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** The package as `npm pack` makes it, and programs for a PATH before the machine's own. */
export interface PackedSlimtrace extends AsyncDisposable {
  /**
   * Programs of a runner: an `npm` that installs nothing but that package and says what it was asked; a `docker` that
   * keeps what it is to push, and is else the machine's; a `gh` that keeps comments (github-comments.ts).
   */
  readonly bin: string;
  /** A fresh directory below which those programs keep things, for $RECORDS: `pushed` (a name each line), comments. */
  newRecords(): Promise<string>;
}

/** Packs what `npm run build` has built. */
export async function packSlimtrace(): Promise<PackedSlimtrace> {
  const directory = await mkdtemp(join(tmpdir(), 'packed-'));
  const bin = join(directory, 'bin');
  await mkdir(bin);
  await execa('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], { cwd: repository });
  const [tarball = ''] = (await readdir(directory)).filter((name) => name.endsWith('.tgz'));
  const { stdout: docker } = await execa('sh', ['-c', 'command -v docker']);
  const programs = {
    npm: renderNpm(join(directory, tarball)),
    docker: renderDocker(docker),
  };
  await writeGh(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), script);
    await chmod(join(bin, name), 0o755);
  }
  await symlink(process.execPath, join(bin, 'node'));
  return {
    bin,
    newRecords: () => mkdtemp(join(directory, 'records-')),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** `npm install --global [--prefix DIRECTORY] … -- slimtrace@VERSION`, from the tarball instead of a registry. */
function renderNpm(tarball: string): string {
  return `#!/bin/bash
set -eu
echo "npm $*"
prefix=$GLOBAL_PREFIX
while [ "$1" != -- ]; do
  if [ "$1" = --prefix ]; then prefix=$2; shift; fi
  shift
done
package=$prefix/lib/node_modules/slimtrace
mkdir -p "$package" "$prefix/bin"
tar -xzf ${tarball} -C "$package" --strip-components=1
[ "$2" = "slimtrace@$(node -p 'require(process.argv[1]).version' "$package/package.json")" ]
chmod +x "$package/bin/slimtrace.js"
ln -sf "$package/bin/slimtrace.js" "$prefix/bin/slimtrace"
`;
}

/** An image that isn't there can't be pushed; nobody logs in anywhere. */
function renderDocker(docker: string): string {
  return `#!/bin/bash
set -eu
case $1 in
  login) cat >/dev/null ;;
  push)
    ${docker} image inspect "$2" >/dev/null
    echo "$2" >>"$RECORDS/pushed"
    ;;
  *) exec ${docker} "$@" ;;
esac
`;
}
