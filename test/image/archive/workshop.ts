import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DescribedTree, describeDirectory } from './unpacked-tree.js';

/**
 * The tools that write and read archives, and a directory for what they make. Nobody else's images and settings are
 * touched: podman and buildah get a store of their own.
 */
export class Workshop implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'slimtrace-corpus-'));

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  /** Throws what the command said when it fails. */
  run(command: string, ...args: string[]): string {
    const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
    return stdout.trim();
  }

  docker(...args: string[]): string {
    return this.run('docker', ...args);
  }

  /** `skopeo copy`, without a policy of the machine's. */
  copy(...args: string[]): string {
    return this.run('skopeo', '--insecure-policy', 'copy', '--quiet', ...args);
  }

  podman(...args: string[]): string {
    // Podman wants one that is there, and doesn't look for the other.
    const runtime = spawnSync('crun', ['--version']).error === undefined ? 'crun' : 'runc';
    return this.run('podman', ...this.#store(), '--runtime', runtime, ...args);
  }

  buildah(...args: string[]): string {
    return this.run('buildah', ...this.#store(), ...args);
  }

  #store(): string[] {
    return ['--root', this.path('store'), '--runroot', this.path('store-run'), '--storage-driver', 'vfs'];
  }

  /** What umoci makes of an image that skopeo finds. */
  unpack(source: string, name: string): DescribedTree {
    const layout = this.path(`${name}-layout`);
    this.copy(source, `oci:${layout}:x`);
    return this.unpackLayout(`${layout}:x`, name);
  }

  /** What umoci makes of an image in an OCI layout. */
  unpackLayout(image: string, name: string): DescribedTree {
    const bundle = this.path(`${name}-bundle`);
    this.run('umoci', 'unpack', '--image', image, bundle);
    const tree = describeDirectory(join(bundle, 'rootfs'));
    rmSync(bundle, { recursive: true });
    return tree;
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const tools = ['docker', 'podman', 'buildah', 'skopeo', 'umoci', 'tar', 'zstd', 'gzip', 'python3'];

/** Why the tools can't be used here; undefined when they can. */
export function workshopProblem(): string | undefined {
  const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (missing.length > 0) return `without ${missing.join(', ')}`;
  if (process.getuid?.() !== 0) return 'only root can unpack device nodes';
  return spawnSync('docker', ['info']).status === 0 ? undefined : 'no Docker engine answers';
}
