import { describe, expect, it } from 'vitest';
import { selectFrom, smallImage } from '../small-image.js';

const debian = `
  /etc/ssl/certs/ca-certificates.crt : bundle
  /etc/ssl/certs/0a1b2c3d.0 -> One_CA.pem
  /etc/ssl/certs/One_CA.pem -> /usr/share/ca-certificates/mozilla/One_CA.crt
  /etc/ssl/certs/java/cacerts : java
  /usr/share/ca-certificates/mozilla/One_CA.crt : one
  /usr/share/ca-certificates/mozilla/Distrusted.crt : no
  /usr/lib/ssl/certs -> /etc/ssl/certs
  /usr/lib/libssl.so.3 : x
  /usr/lib/libz.so.1 : x
`;
const hashed = [
  '/etc/ssl/certs',
  '/etc/ssl/certs/0a1b2c3d.0',
  '/etc/ssl/certs/One_CA.pem',
  '/etc/ssl/certs/ca-certificates.crt',
  '/usr/lib/ssl/certs',
  '/usr/share/ca-certificates/mozilla/One_CA.crt',
];

async function keptOf(text: string, input: Parameters<typeof selectFrom>[1] = {}): Promise<readonly string[]> {
  return (await selectFrom(smallImage(text), input)).kept;
}

describe('certificates', () => {
  it.each([
    ['Debian', '/etc/ssl/certs/ca-certificates.crt : x', ['/etc/ssl/certs/ca-certificates.crt']],
    [
      'Alpine',
      '/etc/ssl/cert.pem -> certs/ca-certificates.crt\n/etc/ssl/certs/ca-certificates.crt : x',
      ['/etc/ssl/cert.pem', '/etc/ssl/certs/ca-certificates.crt'],
    ],
    [
      'Fedora',
      '/etc/pki/tls/certs/ca-bundle.crt -> /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem\n/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem : x',
      ['/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', '/etc/pki/tls/certs/ca-bundle.crt'],
    ],
    [
      'SUSE',
      '/etc/ssl/ca-bundle.pem -> ../../var/lib/ca-certificates/ca-bundle.pem\n/var/lib/ca-certificates/ca-bundle.pem : x',
      ['/etc/ssl/ca-bundle.pem', '/var/lib/ca-certificates/ca-bundle.pem'],
    ],
  ])('keeps the bundle of %s', async (_, text, expected) => {
    expect(await keptOf(text)).toEqual(expected);
  });

  it("keeps what the image's environment names", async () => {
    const text = '/opt/my-ca.pem : x\n/opt/hashes/00000000.0 : x\n/opt/other.pem : x';
    const config = { Env: ['NODE_EXTRA_CA_CERTS=/opt/my-ca.pem', 'SSL_CERT_DIR=/opt/hashes'] };
    expect(await keptOf(text, { config })).toEqual(['/opt/hashes', '/opt/hashes/00000000.0', '/opt/my-ca.pem']);
  });

  it('keeps the whole hashed directory with OpenSSL: another peer has another CA', async () => {
    expect(await keptOf(debian, { trace: ['/usr/lib/libssl.so.3'] })).toEqual(
      [...hashed, '/usr/lib/libssl.so.3'].sort(),
    );
    expect(await keptOf(debian, { trace: ['/usr/lib/libz.so.1'] })).toEqual([
      '/etc/ssl/certs/ca-certificates.crt',
      '/usr/lib/libz.so.1',
    ]);
  });

  it('keeps it for a program whose OpenSSL goes by a name that is found nowhere', async () => {
    const kept = await keptOf(`${debian}\n/app elf needed=libcrypto.so.1.1`, { trace: ['/app'] });
    expect(kept).toContain('/usr/share/ca-certificates/mozilla/One_CA.crt');
  });

  it.each(['stat /usr/lib/ssl/certs/ffffffff.0', 'read /etc/ssl/certs/0a1b2c3d.0', 'opendir /etc/ssl/certs/'])(
    'keeps it when a statically linked program looked for a hash: %s',
    async (line) => {
      expect(await keptOf(debian, { trace: [line] })).toEqual(hashed);
    },
  );

  it('keeps no single certificates for a program that read the bundle', async () => {
    const trace = ['read /etc/ssl/certs/ca-certificates.crt', 'stat /etc/ssl/certs', 'stat /etc/ssl/certs/java'];
    expect(await keptOf(debian, { trace })).toEqual([
      '/etc/ssl/certs',
      '/etc/ssl/certs/ca-certificates.crt',
      '/etc/ssl/certs/java',
    ]);
  });

  it("keeps Java's key store with Java, behind its link", async () => {
    const java = `
      /usr/lib/jvm/17/lib/server/libjvm.so : x
      /usr/lib/jvm/17/lib/security/cacerts -> /etc/ssl/certs/java/cacerts
    `;
    const kept = await keptOf(debian + java, { trace: ['/usr/lib/jvm/17/lib/server/libjvm.so'] });
    expect(kept).toContain('/etc/ssl/certs/java/cacerts');
    expect(kept).toContain('/usr/lib/jvm/17/lib/security/cacerts');
  });

  it('says so when the image has none', async () => {
    expect((await selectFrom(smallImage('/a : x'))).notes).toEqual([{ kind: 'no-certificates' }]);
    expect((await selectFrom(smallImage(debian))).notes).toEqual([]);
  });

  it('keeps none by rule and stays silent when the user wants none', async () => {
    const options = { certificates: false };
    const { kept, notes } = await selectFrom(smallImage(`${debian}\n/app elf needed=libssl.so.3`), {
      trace: ['/app', '/etc/ssl/certs/ffffffff.0'],
      options,
    });
    expect(kept).toEqual(['/app', '/etc/ssl/certs', '/usr/lib/libssl.so.3']);
    expect(notes).not.toContainEqual({ kind: 'no-certificates' });
  });
});
