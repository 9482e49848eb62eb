import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Writes how this host reaches the npm registry into `directory`: `npm.env`, to be sourced by a shell, and the CA certificates
 * that it names. The fixtures' Dockerfiles copy it into a stage that doesn't ship. Credentials are not among it.
 */
export async function writeHostSettings(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const lines: string[] = [];
  const registry = await npmConfig('registry');
  if (registry !== undefined) lines.push(`export npm_config_registry='${registry}'`);
  const certificates = (await npmConfig('cafile')) ?? process.env.NODE_EXTRA_CA_CERTS;
  if (certificates) {
    await copyFile(certificates, join(directory, 'ca.pem'));
    lines.push('export npm_config_cafile=/host/ca.pem NODE_EXTRA_CA_CERTS=/host/ca.pem');
  }
  await writeFile(join(directory, 'npm.env'), `${lines.join('\n')}\n`);
}

async function npmConfig(key: string): Promise<string | undefined> {
  const { stdout, exitCode } = await execa('npm', ['config', 'get', key], { reject: false });
  const value = stdout.trim();
  return exitCode !== 0 || value === '' || value === 'null' || value === 'undefined' ? undefined : value;
}
