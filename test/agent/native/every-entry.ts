import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { agent, openScratch } from './agent-bench.ts';

/** A directory of the tree so deep that its whole path is twice as long as the kernel takes one. */
export const deepDirectory = `/deep${`/${'d'.repeat(200)}`.repeat(40)}`;

/**
 * A tree with an entry of every kind and every property that a listing or an archive can get wrong. Where the tests are skipped it
 * stays empty: some of it takes root.
 */
export function openTree(isSkipped: boolean) {
  const scratch = openScratch();
  const root = join(scratch.path, 'root');
  const script = `
import os, socket
root = os.fsencode(${JSON.stringify(root)})
os.mkdir(root); os.chdir(root); os.chmod(root, 0o711)
def write(name, data=b'x'): open(name, 'wb').write(data)
write(b'file', b'hello'); os.chown(b'file', 1234, 5678)
os.link(b'file', b'hard')
os.symlink(b'nowhere/at all', b'dangling'); os.symlink(b'file', b'link'); os.lchown(b'link', 7, 8)
os.mkdir(b'empty'); os.mkdir(b'sticky'); os.chmod(b'sticky', 0o1777)
os.symlink(b'sticky', b'link-to-directory'); write(b'sticky/inside', b'inside')
os.mkfifo(b'fifo', 0o640)
os.mknod(b'char', 0o20666, os.makedev(1, 3)); os.mknod(b'block', 0o60600, os.makedev(259, 70000))
s = socket.socket(socket.AF_UNIX); s.bind(b'socket')
write(b'setuid'); os.chmod(b'setuid', 0o6755)
write(b'\\xff\\xfe not utf8'); write(b'new\\nline'); write(b'-rf'); write(b'n' * 255)
write(b'old'); os.utime(b'old', ns=(-1500000000, -1500000000))
write(b'future'); os.utime(b'future', ns=(4294967296123456789, 4294967296123456789))
os.setxattr(b'file', b'user.binary', bytes(range(256)))
os.setxattr(b'empty', b'user.on-directory', b'')
os.setxattr(b'link', b'trusted.on-link', b'L', follow_symlinks=False)
write(b'capable'); os.system('setcap cap_setuid,cap_net_raw+ep capable')
write(b'big', b'')
os.mkdir(b'deep'); os.chdir(b'deep')
for _ in range(40): os.mkdir(b'd' * 200); os.chdir(b'd' * 200)
write(b'bottom', b'deep down')
`;
  if (!isSkipped) execFileSync('python3', ['-c', script]);
  const dispose = () => {
    execFileSync('rm', ['-rf', root]); // deeper than Node's rm goes
    scratch[Symbol.dispose]();
  };
  return { path: scratch.path, root, [Symbol.dispose]: dispose };
}

/** Runs `pack` on a root with the paths (byte strings in latin1), or with just the given input. */
export function runPack(root: string, paths: readonly string[], input?: Buffer) {
  const bytes = input ?? Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
  return spawnSync(agent, ['pack', '--root', root], { input: bytes, maxBuffer: 1 << 28 });
}
