import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

type Decoder = (bytes: Buffer) => Buffer;

/** The content codings of RFC 9110, 8.4.1 and RFC 7932; `deflate` also comes without the zlib header it should have. */
function decoders(maxOutputLength: number): ReadonlyMap<string, Decoder> {
  const options = { maxOutputLength };
  const gzip: Decoder = (bytes) => gunzipSync(bytes, options);
  return new Map([
    ['identity', (bytes) => bytes],
    ['gzip', gzip],
    ['x-gzip', gzip],
    ['br', (bytes) => brotliDecompressSync(bytes, options)],
    [
      'deflate',
      (bytes) => (((bytes[0] ?? 0) & 15) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options)),
    ],
  ]);
}

/**
 * A body without its content codings (`Content-Encoding`); undefined when a coding is unknown, the body is not encoded
 * so, or it would be longer than `maxBytes`.
 */
export function decodeBody(body: Buffer, contentEncoding: string | undefined, maxBytes: number): Buffer | undefined {
  const codings = (contentEncoding ?? '').toLowerCase().split(',');
  const names = codings.map((coding) => coding.trim()).filter((coding) => coding !== '');
  // An answer to HEAD says how its body would be encoded, and has none.
  if (body.length === 0 || names.length === 0) return body;
  const known = decoders(maxBytes);
  try {
    return names.reduceRight<Buffer | undefined>((bytes, name) => bytes && known.get(name)?.(bytes), body);
  } catch {
    return undefined;
  }
}
