import { baseName, type ImagePath } from '../../image/path.js';
import { isDerSequence } from './private-key.js';

interface NamedFile {
  readonly what: string;
  readonly name: RegExp;
  /** What it has to hold, to be more than an empty or public one; anything at all when absent. */
  readonly holds?: (bytes: Buffer) => boolean;
}

const matches = (pattern: RegExp) => (bytes: Buffer) => pattern.test(bytes.toString('latin1'));

/** Files that hold secrets by their purpose, wherever they are (the manuals of the programs that they are of). */
const namedFiles: readonly NamedFile[] = [
  {
    what: 'an .env file',
    name: /\/\.env(?:\.(?!example$|sample$|template$|dist$|defaults?$|schema$|md$)[\w.-]+)?$/,
    holds: matches(/^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=[ \t]*[^\s#]/m),
  },
  {
    what: 'a shell history',
    name: /\/\.(?:bash|ash|zsh|sh|ksh|fish|python|node_repl|mysql|psql|rediscli|sqlite|irb|php)_?history$/,
  },
  { what: 'AWS credentials', name: /\/\.aws\/credentials$/, holds: matches(/aws_secret_access_key\s*=\s*\S/i) },
  {
    what: 'credentials for registries',
    name: /\/(?:\.docker\/config\.json|\.dockercfg|containers\/auth\.json)$/,
    holds: matches(/"(?:auth|identitytoken|password)"\s*:\s*"[^"]/),
  },
  { what: 'passwords', name: /\/[._]netrc$/, holds: matches(/\bpassword\s+\S/) },
  { what: 'credentials for Git', name: /\/\.git-credentials$/, holds: matches(/:\/\/[^/\s:@]+:[^/\s@]+@/) },
  { what: 'passwords for PostgreSQL', name: /\/\.pgpass$/, holds: matches(/^(?:[^:\n]*:){4}[^\s*]/m) },
  { what: 'a password for MySQL', name: /\/\.my\.cnf$/, holds: matches(/^[ \t]*password[ \t]*=[ \t]*\S/m) },
  { what: 'credentials for PyPI', name: /\/\.pypirc$/, holds: matches(/^[ \t]*password[ \t]*[=:][ \t]*\S/m) },
  {
    what: 'a token for an npm registry',
    name: /\/\.?npmrc$/,
    holds: matches(/(?:_authToken|_auth|_password)[ \t]*=[ \t]*(?!"?\$\{)"?[^\s"]/),
  },
  { what: 'a token for RubyGems', name: /\/\.gem\/credentials$/ },
  { what: 'a token for crates.io', name: /\/\.cargo\/credentials(?:\.toml)?$/, holds: matches(/token\s*=\s*"[^"]/) },
  { what: 'credentials for Composer', name: /\/\.?composer\/auth\.json$/, holds: matches(/:\s*"[^"]/) },
  {
    what: 'credentials for Kubernetes',
    name: /\/\.kube\/config$/,
    holds: matches(/\b(?:token|password|client-key-data)\s*:\s*\S/),
  },
  {
    what: 'credentials for Google Cloud',
    name: /\/gcloud\/(?:application_default_credentials\.json|credentials\.db)$/,
  },
  { what: 'credentials for Azure', name: /\/\.azure\/(?:accessTokens\.json|msal_token_cache\.(?:json|bin))$/ },
  { what: 'a token for GitHub', name: /\/gh\/hosts\.ya?ml$/, holds: matches(/oauth_token\s*:\s*\S/) },
  { what: 'a token for Vault', name: /\/\.vault-token$/ },
  { what: 'credentials for Terraform', name: /\/\.terraform\.d\/credentials\.tfrc\.json$/ },
  {
    what: 'password hashes',
    name: /^\/etc\/(?:g?shadow|master\.passwd)-?$/,
    // A `!` before a hash only locks the account (shadow(5)).
    holds: matches(/^[^:\n]+:!?(?:\$|[./A-Za-z0-9]{13}:)/m),
  },
  {
    what: 'a private key (DER)',
    name: /\.(?:key|der|pk8|p8)$/i,
    // Version 0 or 1 comes first; a certificate begins with another SEQUENCE (RFC 5280).
    holds: (bytes) => isDerSequence(bytes) && /^[\s\S]{2,5}\x02\x01[\x00\x01]/.test(bytes.toString('latin1', 0, 8)),
  },
  {
    what: 'a key store (PKCS #12)',
    name: /^(?!.*trust[^/]*$).*\.(?:p12|pfx)$/i,
    holds: (bytes) => isDerSequence(bytes),
  },
  // The first entry's tag: 1 a private key, 2 a certificate that is trusted (sun.security.provider.JavaKeyStore).
  { what: 'a key store (Java)', name: /\.(?:jks|jceks|keystore|ks)$/i, holds: (bytes) => isJavaKeyStore(bytes) },
  { what: 'a private key (PuTTY)', name: /\.ppk$/i, holds: matches(/^PuTTY-User-Key-File-\d/) },
];

/** More than any of them needs to be judged. */
export const judgedBytes = 64 * 1024;

/** The bytes at the beginning of a file are read only when its name is one of those. */
export function describeNamedFile(path: ImagePath, sizeBytes: number, readStart: () => Buffer): string | undefined {
  if (sizeBytes === 0 || baseName(path).endsWith('.pub')) return undefined;
  const named = namedFiles.filter(({ name }) => name.test(path));
  if (named.length === 0) return undefined;
  const bytes = readStart();
  return named.find(({ holds }) => holds?.(bytes) ?? true)?.what;
}

function isJavaKeyStore(bytes: Buffer): boolean {
  if (bytes.length < 16) return false;
  const magic = bytes.readUInt32BE(0);
  return (magic === 0xfeedfeed || magic === 0xcececece) && bytes.readUInt32BE(8) > 0 && bytes.readUInt32BE(12) !== 2;
}
