import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { agent, missingPrerequisite } from './agent-bench.ts';

const missing = missingPrerequisite('unshare');

function collect(child: ChildProcess): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
  const chunks: Buffer[] = [];
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout: Buffer.concat(chunks), stderr }));
  });
}

describe('relay', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** An echo server that answers once its peer has finished; resolves to its port. */
  function listen(host: string): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => socket.end(Buffer.concat(chunks)));
    });
    servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, host, () => {
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  }

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', 'localhost'],
    ['::1', '::1'],
    ['::1', 'localhost'],
  ])('a server on %s through %s: all bytes there, half-closed, all bytes back', async (serverHost, host) => {
    const port = await listen(serverHost);
    const child = spawn(agent, ['relay', host, String(port)]);
    const collected = collect(child);
    const bytes = Buffer.alloc(5_000_000, 'not only a few bytes\0\xff', 'latin1');
    child.stdin.end(bytes);
    const { code, stdout, stderr } = await collected;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.subarray(0, 1).toString()).toBe('+'); // connected; the rest is the peer's
    expect(stdout.subarray(1).equals(bytes)).toBe(true);
  });

  it('a refused connection is told apart', async () => {
    const port = await listen('127.0.0.1');
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const ran = spawnSync(agent, ['relay', '127.0.0.1', String(port)], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 69, stderr: 'slimtrace-agent: connection refused\n', stdout: '' });
  });

  it('another failure says what it was', () => {
    const ran = spawnSync(agent, ['relay', '255.255.255.255', '9'], { encoding: 'utf8' });
    expect(ran.status).toBe(69);
    expect(ran.stderr).toMatch(/^slimtrace-agent: .+\n$/);
    expect(ran.stderr).not.toContain('refused');
  });

  it.each([
    ['host.example', '80'],
    ['127.0.0.1', '0'],
    ['127.0.0.1', '65536'],
    ['127.0.0.1', 'x'],
    ['127.0.0.1', '80', 'more'],
  ])('usage error: %s %s', (...command) => {
    expect(spawnSync(agent, ['relay', ...command]).status).toBe(64);
  });

  it('ends when the server closes, though standard input stays open', async () => {
    const server = createServer((socket) => socket.end('bye'));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const child = spawn(agent, ['relay', 'localhost', String(typeof address === 'object' ? address?.port : 0)]);
    const { code, stdout } = await collect(child);
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '+bye' });
  });
});

describe.skipIf(missing)(`hold (${missing ?? 'as root'})`, () => {
  it.each(['TERM', 'INT'])('as PID 1 ends with 0 on SIG%s, and has reaped what ended before', (signal) => {
    // In the new namespace: `hold` is PID 1; a shell beside it makes an orphan, looks for a zombie, then sends the signal.
    const inside = `(sleep 0.1; (true &) ; sleep 0.2; grep -c "^State:.Z" /proc/[0-9]*/status | grep -c ":1$"; kill -${signal} 1) & exec ${agent} hold`;
    const ran = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'sh', '-c', inside], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(ran).toMatchObject({ status: 0, stdout: '0\n', stderr: '' });
  });
});
