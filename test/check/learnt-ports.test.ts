import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { describePorts } from '../../src/check/learnt-ports.js';

const subject = {
  connect: (port: number, signal: AbortSignal) =>
    new Promise<ReturnType<typeof connect>>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', signal });
      socket.once('connect', () => resolve(socket)).once('error', reject);
    }),
};
const ends = () => ({ ended: new AbortController(), run: new AbortController() });

async function listen() {
  const server = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

test('a port accepts or refuses, each is asked once', async () => {
  const [open, shut] = [await listen(), await listen()];
  await new Promise((resolve) => shut.server.close(resolve));
  const { ended, run } = ends();
  const asked = [open.port, shut.port, open.port];
  expect(await describePorts(subject, asked, { ended: ended.signal, signal: run.signal })).toEqual({
    [`port ${open.port}`]: { kind: 'choice', value: 'accepts' },
    [`port ${shut.port}`]: { kind: 'choice', value: 'refuses' },
  });
  open.server.close();
});

test('of a container that has ended, every port refuses, without waiting; a run that is given up is given up', async () => {
  const { server, port } = await listen();
  const { ended, run } = ends();
  ended.abort();
  const refused = { [`port ${port}`]: { kind: 'choice', value: 'refuses' } };
  expect(await describePorts(subject, [port], { ended: ended.signal, signal: run.signal })).toEqual(refused);
  const over = ends();
  const hanging = {
    connect: (_: number, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', reject)),
  };
  const asked = describePorts(hanging, [port], { ended: over.ended.signal, signal: over.run.signal });
  over.run.abort(new Error('enough'));
  over.ended.abort();
  await expect(asked).rejects.toThrow('enough');
  server.close();
});
