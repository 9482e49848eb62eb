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
 * @returns in words; undefined when it is none
 */
export function describePrivateKey(bytes: Buffer, at: number): string | undefined {
  const start = Math.max(0, at - 64);
  const head = bytes.toString('latin1', start, at + 32);
  const end = head.indexOf('-----', at - start);
  const [matched, label = ''] = end === -1 ? [] : (firstLine.exec(head.slice(0, end + 5)) ?? []);
  if (matched === undefined) return undefined;
  const rest = bytes.subarray(start + end + 5, start + end + 5 + longestKeyBytes);
  const last = rest.indexOf('-----');
  const body = rest.toString('latin1', 0, last === -1 ? rest.length : last);
  const base64 = base64Of(body);
  if (base64 === undefined) return undefined;
  const key = Buffer.from(base64, 'base64');
  if (label.startsWith('PGP')) return 'a private key (OpenPGP)';
  if (label.startsWith('OPENSSH')) return describeOpenSsh(key);
  // Of the older format, all is encrypted; of PKCS #8, what is in it.
  if (label.includes('ENCRYPTED') || body.includes('Proc-Type: 4,ENCRYPTED')) return 'a private key (PEM, encrypted)';
  return isDerSequence(key) ? 'a private key (PEM)' : undefined;
}

/** What is between the first line and the last, without headers and a checksum, however JSON or a program writes it. */
function base64Of(body: string): string | undefined {
  const text = body
    .replace(/\\[rn]/g, '\n')
    .replace(/^[A-Za-z-]+: .*$/gm, '')
    .replace(/["']\s{0,80}\+\s{0,80}["']/g, '')
    .replace(/[\s"',|#*\\]/g, '')
    .replace(/=[A-Za-z0-9+/]{4}$/, '');
  return text.length >= 48 && /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? text : undefined;
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
