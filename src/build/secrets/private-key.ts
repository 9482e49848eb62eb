/** What every private key in PEM has in its first line. */
export const privateKeyNeedle = 'E KEY-';
/** As above, for OpenPGP (RFC 9580, section 6.2). */
export const pgpKeyNeedle = 'Y BLOCK-';

/** The longest key that is looked at, from its first line to its last. */
export const longestKeyBytes = 32 * 1024;

const firstLine = /-----BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY(?: BLOCK)?-----$/;

/**
 * Whether a private key in PEM (RFC 7468; OpenSSH, PROTOCOL.key; RFC 9580) stands around `at`, where a needle was found:
 * a real one, whose body is base64 of what its label promises, not the label in a program that reads such keys.
 *
 * @param text bytes as latin1
 * @returns in words; undefined when it is none
 */
export function describePrivateKey(text: string, at: number): string | undefined {
  const head = text.slice(Math.max(0, at - 64), at + 32);
  const end = head.indexOf('-----', Math.min(64, at));
  const [matched, label = ''] = firstLine.exec(head.slice(0, end + 5)) ?? [];
  if (end === -1 || matched === undefined) return undefined;
  const start = Math.max(0, at - 64) + end + 5;
  // In JSON and in programs, the ends of lines are written as \n.
  const body = text.slice(start, start + longestKeyBytes).split('-----END ')[0] ?? '';
  const lines = body.replaceAll('\\r', '').replaceAll('\\n', '\n').split(/\r?\n/);
  const isEncrypted = label.includes('ENCRYPTED') || lines.some((line) => /^Proc-Type:.*ENCRYPTED/.test(line));
  const base64 = lines
    .filter((line) => !/^[A-Za-z-]+: /.test(line))
    .map((line) => line.replace(/^[\s"'+,|#*]+|[\s"'+,\\]+$/g, ''))
    .filter((line) => line !== '' && !/^=[A-Za-z0-9+/]{4}$/.test(line))
    .join('');
  if (base64.length < 48 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (label.startsWith('PGP')) return 'a private key (OpenPGP)';
  if (label.startsWith('OPENSSH')) return describeOpenSsh(bytes);
  // Of the older format, all is encrypted; of PKCS #8, what is in it.
  if (isEncrypted) return 'a private key (PEM, encrypted)';
  return isDerSequence(bytes) ? 'a private key (PEM)' : undefined;
}

/** `openssh-key-v1`, then the cipher's name as a string with its length (openssh-portable, PROTOCOL.key). */
function describeOpenSsh(bytes: Buffer): string | undefined {
  if (bytes.toString('latin1', 0, 15) !== 'openssh-key-v1\0' || bytes.length < 64) return undefined;
  return bytes.toString('latin1', 19, 23) === 'none' ? 'a private key (OpenSSH)' : 'a private key (OpenSSH, encrypted)';
}

/** A whole DER SEQUENCE whose first element is an INTEGER: RSA, EC and PKCS #8 keys alike (RFC 8017, 5915, 5958). */
export function isDerSequence(bytes: Uint8Array): boolean {
  const [tag, length = 0] = bytes;
  const head = 2 + (length > 0x80 ? length - 0x80 : 0);
  return tag === 0x30 && head <= 5 && bytes[head] === 0x02 && bytes.length > head + 16;
}
