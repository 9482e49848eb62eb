import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BindMount } from './container-volumes.js';

/**
 * Writes what every engine puts over an image's own: /etc/hosts, /etc/hostname and /etc/resolv.conf, as files of
 * `directory`, and returns where they are to be seen. Names are resolved as on this machine; on its network also those
 * that its /etc/hosts has.
 */
export async function writeNetworkFiles(
  directory: string,
  hostname: string,
  hasHostNetwork: boolean,
): Promise<BindMount[]> {
  const hostHosts = hasHostNetwork ? await readFile('/etc/hosts', 'utf8').catch(() => undefined) : undefined;
  const files = {
    hosts:
      hostHosts ??
      `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n127.0.0.1\t${hostname}\n`,
    hostname: `${hostname}\n`,
    // A machine may do without.
    'resolv.conf': await readFile('/etc/resolv.conf', 'utf8').catch(() => ''),
  };
  return await Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      const source = join(directory, name);
      await writeFile(source, text, { mode: 0o644 });
      return { source, target: `/etc/${name}`, isReadOnly: false };
    }),
  );
}
