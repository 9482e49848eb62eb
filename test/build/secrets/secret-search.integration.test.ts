import { describe, expect, test } from 'vitest';
import { placeEntry } from '../../../src/build/composition.js';
import { renderPlace } from '../../../src/build/secrets/secret.js';
import { SecretSearch } from '../../../src/build/secrets/secret-search.js';
import type { ImageConfig } from '../../../src/image/image.js';
import { imageOf } from '../../image/tree-of.js';
import { keys } from './keys.js';

/** What is found, as `PLACE: WHAT`. */
async function found(
  files: Readonly<Record<string, string | Uint8Array>>,
  { config = {}, packaged = [] }: { readonly config?: ImageConfig; readonly packaged?: readonly string[] } = {},
): Promise<readonly string[]> {
  const { tree, contents } = imageOf(Object.fromEntries(Object.entries(files).map(([path, body]) => [path, { body }])));
  const ownerOf = (path: string) => (packaged.includes(path) ? 'package' : undefined);
  const secrets = await new SecretSearch(contents, { ownerOf }).find(config, [...tree.entries()].map(placeEntry));
  return secrets.map((secret) => `${renderPlace(secret)}: ${secret.what}`);
}

/** Never twice the same, and not a secret of anybody. */
const random = (length: number, alphabet: string) =>
  Array.from({ length }, (_, index) => alphabet[(index * 11 + 3) % alphabet.length]).join('');
const letters = 'qwertyuiopasdfghjklzxcvbnmQWERTYUIOPASDFGHJKLZXCVBNM7890';

describe('private keys', () => {
  test('as OpenSSL, OpenSSH and keytool write them, and encrypted ones as such', async () => {
    const files = {
      '/k/pkcs8': keys.pkcs8(),
      '/k/ed25519': keys.ed25519(),
      '/k/encrypted': keys.encrypted(),
      '/k/pkcs1': keys.pkcs1(),
      '/k/pkcs1-encrypted': keys.pkcs1Encrypted(),
      '/k/ec': keys.ec(),
      '/k/openssh': keys.openssh(),
      '/k/openssh-encrypted': keys.opensshEncrypted(),
      '/k/server.key': keys.der(),
      '/k/store.p12': keys.pkcs12(),
    };
    expect(await found(files)).toEqual([
      '/k/ec:1: a private key (PEM)',
      '/k/ed25519:1: a private key (PEM)',
      '/k/encrypted:1: a private key (PEM, encrypted)',
      '/k/openssh-encrypted:1: a private key (OpenSSH, encrypted)',
      '/k/openssh:1: a private key (OpenSSH)',
      '/k/pkcs1-encrypted:1: a private key (PEM, encrypted)',
      '/k/pkcs1:1: a private key (PEM)',
      '/k/pkcs8:1: a private key (PEM)',
      '/k/server.key: a private key (DER)',
      '/k/store.p12: a key store (PKCS #12)',
    ]);
  });

  test('wherever they hide: in JSON, in source, in a program, after megabytes, across the pieces that are read', async () => {
    const key = keys.ed25519().toString();
    const oneLine = key.trim().replaceAll('\n', '\\n');
    const files = {
      '/account.json': JSON.stringify({ type: 'service_account', private_key: key }, undefined, 2),
      '/app.js': `const a = 1;\nconst key = '${oneLine}';\n`,
      '/indented.yaml': `tls:\n  key: |\n${key.replace(/^/gm, '    ')}`,
      '/program': Buffer.concat([Buffer.from('\x7fELF\0\0'), Buffer.from(key)]),
      '/crlf': key.replaceAll('\n', '\r\n'),
      '/large': Buffer.concat([Buffer.alloc(4 * 1024 * 1024 - 20, '\n'), Buffer.from(key)]),
    };
    expect(await found(files)).toEqual([
      '/account.json:3: a private key (PEM)',
      '/app.js:2: a private key (PEM)',
      '/crlf:1: a private key (PEM)',
      '/indented.yaml:3: a private key (PEM)',
      '/large:4194285: a private key (PEM)',
      '/program: a private key (PEM)',
    ]);
  });

  test('not what is public, nor what only speaks of keys', async () => {
    const body = 'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy';
    const files = {
      '/cert.pem': keys.certificate(),
      '/cert.der': keys.certificateDer(),
      '/id_ed25519.pub': keys.opensshPublic(),
      '/parser.js': "if (line === '-----BEGIN RSA PRIVATE KEY-----') return '-----END RSA PRIVATE KEY-----';",
      '/README.md': `-----BEGIN RSA PRIVATE KEY-----\n${body}...\n-----END RSA PRIVATE KEY-----`,
      '/template.pem': '-----BEGIN PRIVATE KEY-----\n<your key here>\n-----END PRIVATE KEY-----\n',
      '/garbage.pem': `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(20)}\n-----END PRIVATE KEY-----\n`,
      '/etc/ssl/certs/java/trust.p12': keys.pkcs12().subarray(0, 40),
      '/empty.key': '',
    };
    expect(await found(files)).toEqual([]);
  });

  test('a distribution’s library that tests itself with a key is no secret, its settings are', async () => {
    const key = keys.ed25519().toString();
    const files = { '/usr/lib/libtls.so': `\x7fELF\0${key}`, '/etc/ssl/private/site.key': key };
    expect(await found(files, { packaged: Object.keys(files) })).toEqual([
      '/etc/ssl/private/site.key:1: a private key (PEM)',
    ]);
  });
});

describe('tokens', () => {
  test('by the formats of those who issue them', async () => {
    const files = {
      '/aws': `key = AKIA${random(16, 'QWERTYUIOPASDFGHJKLZXCVBNM234567')}`,
      '/github': `x\ny ghp_${random(36, letters)}`,
      '/github-fine': `github_pat_${random(22, letters)}_${random(59, letters)}`,
      '/gitlab': `glpat-${random(20, letters)}`,
      '/npm': `npm_${random(36, letters)}`,
      '/slack': `xoxb-1834729104726-2937401827364-${random(24, letters)}`,
      '/stripe': `sk_live_${random(24, letters)}`,
    };
    expect(await found(files)).toEqual([
      '/aws:1: an AWS access key',
      '/github-fine:1: a GitHub token',
      '/github:2: a GitHub token',
      '/gitlab:1: a GitLab token',
      '/npm:1: an npm token',
      '/slack:1: a Slack token',
      '/stripe:1: a Stripe key',
    ]);
  });

  test('not what documentation shows, and not part of a longer word', async () => {
    const files = {
      '/docs': `AKIAIOSFODNN7EXAMPLE ghp_${'x'.repeat(36)} npm_${'0'.repeat(36)} glpat-XXXXXXXXXXXXXXXXXXXX`,
      '/words': `MYAKIA${random(16, 'QWERTY234')}LONGER some_npm_${random(36, letters)} sk_test_${random(24, letters)}`,
      '/hash': random(400, '0123456789abcdef'),
    };
    expect(await found(files)).toEqual([]);
  });

  test('files made of false starts keep nobody busy', async () => {
    const files = {
      '/starts': 'npm_ghp_AKIA'.repeat(400_000),
      '/keys': '-----BEGIN PRIVATE KEY-----\n'.repeat(200_000),
      '/spaces': `-----BEGIN PRIVATE KEY-----${' '.repeat(30_000)}x\n`.repeat(100),
      '/a/.npmrc': `_auth=${' '.repeat(65_000)}`,
      '/b/.pypirc': '\n'.repeat(65_000),
      '/c/.git-credentials': `://${'a:'.repeat(32_000)}`,
    };
    expect(await found(files)).toEqual([]);
  });
});

test('files that hold secrets by their names, and not their empty, public or sample kin', async () => {
  const files = {
    '/app/.env': '# local\nDB=postgres\n',
    '/app/.env.production': 'export KEY="1"\n',
    '/app/.env.example': 'KEY=1\n',
    '/app/empty/.env': '# nothing\n',
    '/root/.bash_history': 'ls\n',
    '/home/x/.ash_history': '',
    '/root/.aws/credentials': '[default]\naws_secret_access_key = x1\n',
    '/root/.docker/config.json': '{"auths":{"registry":{"auth":"eDp5"}}}',
    '/home/a/.docker/config.json': '{"credsStore":"desktop"}',
    '/root/.netrc': 'machine x login y password z\n',
    '/root/.git-credentials': 'https://me:pass@host\n',
    '/root/.npmrc': '//registry.npmjs.org/:_authToken=abc\n',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: npm expands it
    '/app/.npmrc': '//registry.npmjs.org/:_authToken=${NPM_TOKEN}\nregistry=https://x\n',
    '/root/.kube/config': 'users:\n- user:\n    token: abc\n',
    '/root/.pgpass': 'host:5432:db:me:secret\n',
    '/etc/shadow': 'root:*:19000:0:99999:7:::\nme:$y$j9T$abc$def:19000:0:99999:7:::\n',
    '/etc/gshadow': 'root:*::\nweb:!::\n',
    '/app/environment': 'A=b',
  };
  expect(await found(files)).toEqual([
    '/app/.env: an .env file',
    '/app/.env.production: an .env file',
    '/etc/shadow: password hashes',
    '/root/.aws/credentials: AWS credentials',
    '/root/.bash_history: a shell history',
    '/root/.docker/config.json: credentials for registries',
    '/root/.git-credentials: credentials for Git',
    '/root/.kube/config: credentials for Kubernetes',
    '/root/.netrc: passwords',
    '/root/.npmrc: a token for an npm registry',
    '/root/.pgpass: passwords for PostgreSQL',
  ]);
});

test('what the config says: by the names of variables, and by any value', async () => {
  const token = `ghp_${random(36, letters)}`;
  const config: ImageConfig = {
    Env: [
      'PATH=/usr/bin',
      'DB_PASSWORD=hunter2!',
      'PGPASSWORD=s3cr3t-value',
      'API_TOKEN=',
      'SECRET_KEY=changeme',
      'JWT_SECRET=$FROM_ELSEWHERE',
      'DB_PASSWORD_FILE=/run/secrets/db',
      'TOKEN_TTL=3600',
      'GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568',
      `BUILD_ARG=${token}`,
      'DATABASE_URL=postgres://app:hunter2@db/app',
      'CACHE_URL=redis://cache:6379',
    ],
    Labels: { 'org.example.api-key': 'ab12cd34ef', maintainer: 'me' },
    Cmd: ['serve', '--token', token],
  };
  expect(await found({}, { config })).toEqual([
    'Cmd: a GitHub token',
    'Env BUILD_ARG: a GitHub token',
    'Env DATABASE_URL: a URL with a password',
    'Env DB_PASSWORD: by its name a secret',
    'Env PGPASSWORD: by its name a secret',
    'Labels org.example.api-key: by its name a secret',
  ]);
});
