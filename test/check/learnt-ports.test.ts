import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { describePorts, refusedPorts } from '../../src/check/learnt-ports.js';

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

test('a port that the original refuses is tried once, and may accept all the same', async () => {
  const [open, shut] = [await listen(), await listen()];
  await new Promise((resolve) => shut.server.close(resolve));
  const { ended, run } = ends();
  const attempts: number[] = [];
  const counting = {
    connect: (port: number, signal: AbortSignal) => {
      attempts.push(port);
      return subject.connect(port, signal);
    },
  };
  const both = [open.port, shut.port];
  const options = { ended: ended.signal, signal: run.signal, refused: both };
  expect(await describePorts(counting, both, options)).toEqual({
    [`port ${open.port}`]: { kind: 'choice', value: 'accepts' },
    [`port ${shut.port}`]: { kind: 'choice', value: 'refuses' },
  });
  expect(attempts.sort()).toEqual(both.sort());
  open.server.close();
});

test('a port is refused when every run of the original says so', () => {
  const runOf = (ports: Readonly<Record<number, 'accepts' | 'refuses'>>) => ({
    outcomes: [],
    readyMs: undefined,
    lastLogLines: [],
    fields: Object.fromEntries(
      Object.entries(ports).map(([port, value]) => [`port ${port}`, { kind: 'choice' as const, value }]),
    ),
  });
  expect(refusedPorts([runOf({ 80: 'refuses', 81: 'refuses' }), runOf({ 80: 'accepts', 81: 'refuses' })])).toEqual([
    81,
  ]);
  expect(refusedPorts([])).toEqual([]);
});
