import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpCheck } from '../../src/check/check.js';
import type { Fields } from '../../src/check/field.js';
import { askHttp, type HttpAnswer } from '../../src/check/http.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, about: Partial<HttpCheck> = {}, timeoutMs = 5000): Promise<HttpAnswer> {
  const check: HttpCheck = {
    kind: 'http',
    method: 'GET',
    path: '/',
    port,
    status: undefined,
    isDefault: false,
    ...about,
  };
  return await askHttp(check, connect(port, '127.0.0.1'), AbortSignal.timeout(timeoutMs));
}

/** Asks a server that answers each connection as `answer` does. */
async function askRaw(answer: (socket: Socket) => void, timeoutMs?: number): Promise<HttpAnswer> {
  const port = await listen(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
    }),
  );
  return await ask(port, {}, timeoutMs);
}

async function askServer(listener: RequestListener, about: Partial<HttpCheck> = {}): Promise<HttpAnswer> {
  return await ask(await listen(createServer(listener)), about);
}

const fieldsOf = (answer: HttpAnswer): Fields => (answer.kind === 'response' ? answer.fields : {});

function linesOf(answer: HttpAnswer): readonly string[] {
  const { body } = fieldsOf(answer);
  return body?.kind === 'lines' ? body.lines : [];
}

describe('askHttp', () => {
  test('asks as the check says, under the name localhost', async () => {
    const answer = await askServer(
      ({ method, url, headers }, response) => response.end(`${method} ${url} ${headers.host?.split(':')[0]}`),
      { method: 'POST', path: '/login?a=b' },
    );
    expect(linesOf(answer)).toEqual(['POST /login?a=b localhost']);
  });

  test('the answer is status, headers and body; when it was given is no part of it', async () => {
    const answer = await askServer((_, response) => {
      response.writeHead(201, { 'Content-Type': 'application/json', 'X-A': 'b', 'Set-Cookie': ['a=1', 'b=2'] });
      response.end('{"ok":true}');
    });
    expect(answer).toEqual({
      kind: 'response',
      status: 201,
      fields: {
        status: { kind: 'choice', value: '201' },
        'header content-type': { kind: 'text', text: 'application/json' },
        'header x-a': { kind: 'text', text: 'b' },
        'header set-cookie': { kind: 'json', value: { a: { value: '1' }, b: { value: '2' } } },
        body: { kind: 'json', value: { ok: true } },
      },
    });
  });

  test('a redirect is an answer, and not followed', async () => {
    const answer = await askServer((_, response) => response.writeHead(302, { Location: '/x' }).end());
    expect(fieldsOf(answer)).toMatchObject({
      status: { value: '302' },
      'header location': { text: '/x' },
    });
  });

  test('a compressed body is compared by what it holds', async () => {
    const answer = await askServer((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' });
      response.end(gzipSync('{"a":1}'));
    });
    expect(fieldsOf(answer)).toMatchObject({
      'header content-encoding': { text: 'gzip' },
      body: { kind: 'json', value: { a: 1 } },
    });
  });

  test('HEAD has no body to wait for', async () => {
    const answer = await askServer((_, response) => response.writeHead(200, { 'Content-Length': '99' }).end(), {
      method: 'HEAD',
    });
    expect(fieldsOf(answer)).toMatchObject({
      'header content-length': { text: '99' },
      body: { lines: [''] },
    });
  });

  test.each([
    ['a server that speaks first', '220 mail.example ESMTP\r\n'],
    ['redis', "-ERR unknown command 'GET'\r\n"],
    ['a TLS server', Buffer.from([0x15, 3, 3, 0, 2, 2, 70])],
    ['an HTTP/2 server', Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])],
  ])('%s does not speak HTTP, and that is an answer', async (_, greeting) => {
    expect((await askRaw((socket) => socket.end(greeting))).kind).toBe('not-http');
  });

  test('large headers are still HTTP', async () => {
    const large = 'x'.repeat(60_000);
    const answer = await askRaw((socket) => socket.end(`HTTP/1.1 200 OK\r\nX-Large: ${large}\r\n\r\nbody`));
    expect(fieldsOf(answer)['header x-large']).toEqual({ kind: 'text', text: large });
  });

  test('a connection that is closed without an answer is told from one that is refused', async () => {
    expect(await askRaw((socket) => socket.end())).toMatchObject({ kind: 'closed' });
    expect(await askRaw((socket) => socket.resetAndDestroy())).toMatchObject({ kind: 'closed' });
  });

  test('a server that dies within its answer brings down the attempt, not slimtrace', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf';
    await expect(askRaw((socket) => socket.end(head))).rejects.toThrow();
    await expect(
      askRaw((socket) => socket.write(head, () => setTimeout(() => socket.resetAndDestroy(), 30))),
    ).rejects.toThrow();
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n';
    await expect(
      askRaw((socket) => socket.write(chunked, () => setTimeout(() => socket.end('no chunk\r\n'), 30))),
    ).rejects.toThrow();
    // What would be thrown out of a socket comes a little later.
    await new Promise((resolve) => setTimeout(resolve, 50));
  });

  test('an answer that never ends is cut off by the time limit', async () => {
    const startedMs = performance.now();
    await expect(askRaw(() => {}, 200)).rejects.toThrow();
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n';
    await expect(askRaw((socket) => socket.write(head), 200)).rejects.toThrow();
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });

  test('a body beyond the limit is compared by its beginning, and holds no memory beyond it', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    const answer = await askServer(async (_, response) => {
      // The callback comes when the chunk is on its way, or never will be.
      for (; sent < 200 && !response.destroyed; sent++)
        await new Promise<void>((resolve) => response.write(mebibyte, () => resolve()));
    });
    expect(linesOf(answer)[0]).toHaveLength(32 * 1024 * 1024);
    expect(sent).toBeLessThan(60);
  });

  test('the connection is closed afterwards, whatever came of it', async () => {
    const closed = new Promise<void>((resolve) => {
      void askServer((request, response) => {
        request.socket.once('close', () => resolve());
        response.end('x');
      });
    });
    await closed;
  });
});
