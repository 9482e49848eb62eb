import type { FileTree } from '../../image/file-tree.js';
import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import { absolutePath, searchDirectories, variable } from '../environment.js';
import type { SelectionNote } from '../note.js';
import type { Rule, RuleContext, Want } from '../rule.js';

/** The trusted CAs as one file, wherever a distribution keeps it; most of these are links to one another. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Alpine, Arch, Gentoo
  '/usr/lib/ssl/cert.pem', // Debian: what OpenSSL itself opens
  '/etc/ssl/cert.pem', // Alpine, BSD heritage
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL
  '/etc/pki/tls/cert.pem',
  '/etc/pki/tls/cacert.pem', // OpenELEC
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/usr/local/share/certs/ca-root-nss.crt',
];
const bundleVariables = [
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
];

/** Directories where OpenSSL and GnuTLS look for one CA by the hash of its name (openssl-rehash(1)). */
const hashedDirectories = [
  '/etc/ssl/certs',
  '/usr/lib/ssl/certs',
  '/etc/pki/tls/certs',
  '/etc/pki/ca-trust/extracted/pem/directory-hash',
  '/var/lib/ca-certificates/openssl',
  '/var/lib/ca-certificates/pem',
  '/usr/local/ssl/certs',
];
const hashName = /^[0-9a-f]{8}\.r?\d+$/;
const hashingLibrary = /^lib(?:ssl|crypto|gnutls)(?:-[\w.]+)?\.so(?:\.|$)/;

const javaBundles = [
  '/etc/ssl/certs/java/cacerts',
  '/etc/pki/ca-trust/extracted/java/cacerts',
  '/etc/pki/java/cacerts',
  '/var/lib/ca-certificates/java-cacerts',
];

/** The CA certificates of the image: TLS to a peer that the run didn't talk to needs them. */
export const certificates: Rule = {
  name: 'certificates',
  looksAt: 'names',
  *want(context, fresh) {
    if (!context.options.certificates) return;
    if (context.isFirstRound) {
      yield* wantBundles(context);
      if (isHashTouched(context)) yield* wantHashed(context, 'looked up by hash in the run');
    }
    for (const path of fresh) {
      if (hashingLibrary.test(baseName(path))) yield* wantHashed(context, baseName(path), path);
      if (baseName(path) === 'libjvm.so') yield* wantJava(context, path);
    }
  },
};

/** Programs that name a TLS library which isn't a file of its own name: asked once contents are there. */
export const certificatesOfLinked: Rule = {
  name: 'certificates-of-linked',
  looksAt: 'contents',
  *want(context, fresh) {
    if (!context.options.certificates) return;
    for (const path of fresh) {
      const library = context.elf(path)?.needed.find((name) => hashingLibrary.test(name));
      if (library !== undefined) yield* wantHashed(context, library, path);
    }
  },
};

function* wantBundles(context: RuleContext): Generator<Want | SelectionNote> {
  const { config, tree } = context;
  const named = bundleVariables.flatMap((name) => variable(config, name) ?? []).filter((path) => path !== '');
  const present = [...bundles, ...named.map((path) => absolutePath(config, path))].filter(
    (path) => tree.resolve(path).entry !== undefined,
  );
  for (const path of present) yield { path, reason: { kind: 'certificates', what: 'bundle' } };
  for (const directory of namedDirectories(context)) yield* wantDirectory(context, directory, 'SSL_CERT_DIR');
  if (present.length === 0 && allHashed(context).every((directory) => !holdsAuthorities(tree, directory))) {
    yield { kind: 'no-certificates' };
  }
}

/** Debian's ssl-cert makes a certificate for the machine itself, by this name and by a hash: it vouches for nobody else. */
function holdsAuthorities(tree: FileTree, directory: ImagePath): boolean {
  return tree.children(directory).some((path) => {
    const { entry } = tree.resolve(path);
    return entry !== undefined && entry.type !== 'directory' && !entry.path.endsWith('/ssl-cert-snakeoil.pem');
  });
}

function namedDirectories({ config }: RuleContext): readonly string[] {
  const list = variable(config, 'SSL_CERT_DIR') ?? '';
  return list === '' ? [] : searchDirectories(config, list);
}

/** The real paths of all directories that hold certificates by hash. */
function allHashed(context: RuleContext): readonly ImagePath[] {
  const real = [...hashedDirectories, ...namedDirectories(context)].flatMap((directory) => {
    const { entry } = context.tree.resolve(directory);
    return entry?.type === 'directory' ? [entry.path] : [];
  });
  return [...new Set(real)];
}

/**
 * True when a program looked for a certificate by name, or listed the certificates: another peer has another CA, and
 * no trace can see which. Reading the one bundle there says nothing of the kind.
 */
function isHashTouched(context: RuleContext): boolean {
  const hashed = new Set<string>(allHashed(context));
  const names = new Set([...hashed, ...hashedDirectories]);
  const bundleFiles = new Set<string>([...bundles, ...javaBundles].map((path) => baseName(path as ImagePath)));
  return context.trace.paths.some(({ path: named, accesses }) => {
    const path = named.endsWith('/') ? named.slice(0, -1) : named;
    if (names.has(path)) return accesses.includes('opendir') || accesses.includes('read');
    const cut = path.lastIndexOf('/');
    const name = path.slice(cut + 1);
    if (!names.has(path.slice(0, cut)) || bundleFiles.has(name)) return false;
    return hashName.test(name) || context.tree.resolve(path).entry?.type === 'file';
  });
}

function* wantHashed(context: RuleContext, what: string, parent?: ImagePath): Generator<Want> {
  for (const directory of hashedDirectories) yield* wantDirectory(context, directory, what, parent);
  for (const directory of namedDirectories(context)) yield* wantDirectory(context, directory, what, parent);
}

/** A directory with the certificates in it and what their links lead to. */
function* wantDirectory(context: RuleContext, directory: string, what: string, parent?: ImagePath): Generator<Want> {
  const { entry } = context.tree.resolve(directory);
  if (entry?.type !== 'directory') return;
  const reason = { kind: 'certificates', what, ...(parent === undefined ? {} : { parent }) } as const;
  yield { path: directory, reason };
  for (const path of context.tree.children(entry.path)) {
    if (context.tree.get(path)?.type !== 'directory') yield { path, reason, onlyIfPresent: true };
  }
}

/** Java's own key store, `lib/security/cacerts` of the runtime that libjvm.so is part of. */
function* wantJava({ tree }: RuleContext, libjvm: ImagePath): Generator<Want> {
  const places: string[] = [...javaBundles];
  let directory = parentOf(libjvm);
  for (let level = 0; level < 4; level += 1) {
    places.push(`${directory}/security/cacerts`);
    directory = parentOf(directory);
  }
  for (const path of places) {
    if (tree.resolve(path).entry === undefined) continue;
    yield { path, reason: { kind: 'certificates', what: 'Java key store', parent: libjvm } };
  }
}
