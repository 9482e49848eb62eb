import { execa } from 'execa';

/** Names of the packages that a slim image records in `status.d`, sorted. */
export async function recordedPackages(image: string): Promise<string[]> {
  const { stdout: id } = await execa('docker', ['create', image, 'never-run']);
  try {
    const records = await execa('docker', ['cp', `${id}:/var/lib/dpkg/status.d`, '-'], { encoding: 'buffer' });
    const { stdout } = await execa('tar', ['-xO', '--exclude=*.md5sums'], { input: records.stdout });
    return namesIn([...stdout.matchAll(/^Package: (.*)$/gm)].map(([, name = '']) => name));
  } finally {
    await execa('docker', ['rm', '--force', '--volumes', id]);
  }
}

/**
 * Asks dpkg about each name, and about that which a system merged to /usr lists it by. Links that dpkg takes for
 * directories (`/lib`), having files below them, belong to all packages and say nothing of any.
 */
const script = `
while IFS= read -r path; do
  if [ -d "$path" ]; then
    [ -L "$path" ] || continue
    pattern=$(printf '%s' "$path" | sed 's/[][\\.*^$]/\\\\&/g')
    if cat /var/lib/dpkg/info/*.list | grep -q "^$pattern/"; then continue; fi
  fi
  printf '%s\\n' "$path"
  case $path in /usr/bin/*|/usr/sbin/*|/usr/lib/*|/usr/lib32/*|/usr/lib64/*|/usr/libx32/*) printf '%s\\n' "\${path#/usr}";; esac
done | sed 's/[][\\*?]/\\\\&/g' | xargs -d '\\n' dpkg-query --search -- 2>/dev/null || true
`;

/**
 * Names of the packages that own one of these paths that is no directory, sorted: by `dpkg -S` in a container of the
 * original.
 */
export async function owningPackages(original: string, paths: Iterable<string>): Promise<string[]> {
  const args = ['run', '--rm', '--interactive', '--network', 'none', '--user', '0', '--entrypoint', '/bin/sh'];
  const { stdout } = await execa('docker', [...args, original, '-c', script], { input: `${[...paths].join('\n')}\n` });
  const answers = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('diversion by '));
  return namesIn(answers.flatMap((line) => line.slice(0, line.indexOf(': ')).split(', ')));
}

function namesIn(packages: readonly string[]): string[] {
  return [...new Set(packages.map((name) => name.replace(/:.*$/, '')))].sort();
}
