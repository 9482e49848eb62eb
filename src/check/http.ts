import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpCheck } from './check.js';
import { decodeBody } from './decode-body.js';
import { describeHeaders } from './describe-headers.js';
import { describeOutput } from './describe-output.js';
import { choice, type Field, type Fields } from './field.js';

/** An answer as the check sees it, or what was there instead. */
export type HttpAnswer =
  | { readonly kind: 'response'; readonly status: number; readonly fields: Fields }
  /** The peer took the connection and didn't speak HTTP. */
  | { readonly kind: 'not-http'; readonly problem: string }
  /** The peer took the connection and closed it without an answer: another protocol, or not ready yet. */
  | { readonly kind: 'closed'; readonly problem: string };

/** Bodies beyond this length are compared by their beginning only. */
const maxBodyBytes = 32 * 1024 * 1024;

/** A server may send more than Node.js takes by default (16 KiB), and still speaks HTTP. */
const maxHeaderBytes = 1024 * 1024;

/** Makes one request over an open connection (RFC 9112); the connection is closed afterwards. */
export async function askHttp(check: HttpCheck, connection: Duplex, signal: AbortSignal): Promise<HttpAnswer> {
  let hasResponse = false;
  try {
    const outgoing = request({
      method: check.method,
      path: check.path,
      headers: { host: `localhost:${check.port}`, 'user-agent': 'slimtrace', accept: '*/*', connection: 'close' },
      createConnection: () => connection as never,
      signal,
      maxHeaderSize: maxHeaderBytes,
    });
    // A connection that breaks within the body is told here as well as to the reader of the body, who handles it.
    outgoing.on('error', () => {});
    outgoing.end();
    const [response] = (await once(outgoing, 'response', { signal })) as [IncomingMessage];
    hasResponse = true;
    const status = response.statusCode ?? 0;
    const body = await readBounded(response);
    return {
      kind: 'response',
      status,
      fields: { status: choice(status), ...describeHeaders(response.headers), body: describeBody(response, body) },
    };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('HPE_')) return { kind: 'not-http', problem: message };
    if (code === 'ECONNRESET' && !hasResponse && !signal.aborted) return { kind: 'closed', problem: message };
    throw error;
  } finally {
    connection.destroy();
  }
}

/** What can't be decoded is compared as it came; a coding that only one of two answers has shows in its header. */
function describeBody({ headers }: IncomingMessage, body: Buffer): Field {
  const decoded = decodeBody(body, headers['content-encoding'], maxBodyBytes);
  return decoded === undefined ? describeOutput(body) : describeOutput(decoded, headers['content-type']);
}

async function readBounded(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBodyBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBodyBytes);
}
