import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a program in a directory of its own and returns what it left in one file there. */
function made(file: string, ...commands: readonly (readonly [string, ...string[]])[]): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'keys-'));
  try {
    for (const [program, ...args] of commands) execFileSync(program, args, { cwd: directory, stdio: 'pipe' });
    return readFileSync(join(directory, file));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const ssh = (passphrase: string): readonly [string, ...string[]] => [
  'ssh-keygen',
  '-q',
  '-t',
  'ed25519',
  '-N',
  passphrase,
  '-f',
  'key',
];
const genpkey = (algorithm: string, ...more: string[]): readonly [string, ...string[]] => [
  'openssl',
  'genpkey',
  '-quiet',
  '-algorithm',
  algorithm,
  '-out',
  'key',
  ...more,
];
const certificate: readonly [string, ...string[]] = [
  'openssl',
  'req',
  '-x509',
  '-newkey',
  'ed25519',
  '-nodes',
  '-keyout',
  'key',
  '-out',
  'cert',
  '-subj',
  '/CN=x',
];

/** Keys and certificates as the programs that people use write them. */
export const keys = {
  pkcs8: () => made('key', genpkey('RSA', '-pkeyopt', 'rsa_keygen_bits:2048')),
  ed25519: () => made('key', genpkey('ED25519')),
  encrypted: () => made('key', genpkey('ED25519', '-aes256', '-pass', 'pass:x')),
  pkcs1: () => made('old', genpkey('RSA'), ['openssl', 'rsa', '-in', 'key', '-traditional', '-out', 'old']),
  pkcs1Encrypted: () =>
    made('old', genpkey('RSA'), [
      'openssl',
      'rsa',
      '-in',
      'key',
      '-traditional',
      '-aes128',
      '-passout',
      'pass:x',
      '-out',
      'old',
    ]),
  ec: () => made('key', ['openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'key']),
  der: () => made('der', genpkey('ED25519'), ['openssl', 'pkey', '-in', 'key', '-outform', 'DER', '-out', 'der']),
  openssh: () => made('key', ssh('')),
  opensshEncrypted: () => made('key', ssh('secret')),
  opensshPublic: () => made('key.pub', ssh('')),
  certificate: () => made('cert', certificate),
  certificateDer: () => made('der', certificate, ['openssl', 'x509', '-in', 'cert', '-outform', 'DER', '-out', 'der']),
  pkcs12: () =>
    made('p12', certificate, [
      'openssl',
      'pkcs12',
      '-export',
      '-in',
      'cert',
      '-inkey',
      'key',
      '-passout',
      'pass:x',
      '-out',
      'p12',
    ]),
};
