import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Container } from '../../src/engine/engine.ts';
import type { Contract } from './contract.ts';

/** Networks of containers, and connections into them. */
export function describeNetwork(contract: Contract): void {
  // Serves any number of connections, each by a `cat` of its own.
  const echo = { command: ['nc', '-ll', '-p', '8080', '-e', 'cat'] };

  describe('network', () => {
    test.each([undefined, 'none'])(
      'connections to a port that listens carry bytes both ways: network %s',
      async (network) => {
        await using container = await contract.start({ ...echo, network });
        const first = await connectWhenReady(container, 8080);
        const second = await container.connect(8080, new AbortController().signal);
        expect(await ask(second, 'two\0\xff')).toBe('two\0\xff');
        expect(await ask(first, 'one')).toBe('one');
        first.destroy();
        second.destroy();
      },
    );

    test.each([undefined, 'none'])('a port nobody listens on is refused: network %s', async (network) => {
      await using container = await contract.start({ command: ['sleep', '600'], network });
      const connection = container.connect(8081, new AbortController().signal);
      await expect(connection).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    });

    test('a container that has ended refuses as well', async () => {
      await using container = await contract.start({ command: ['true'], network: undefined });
      await container.waitForEnd(new AbortController().signal);
      const connection = container.connect(8080, new AbortController().signal);
      await expect(connection).rejects.toMatchObject({
        code: expect.stringMatching(/^E(?:CONNREFUSED|HOSTUNREACH|TIMEDOUT)$/),
      });
    });

    test('none: loopback, up, and nothing else', async () => {
      const printed = await contract.print(
        "sed -n 's/^ *\\([^ ]*\\):.*/\\1/p' /proc/net/dev; ping -c 1 -W 2 127.0.0.1 >/dev/null && echo up",
      );
      expect(printed).toBe('lo\nup\n');
    });

    test('host: this machine’s own', async () => {
      const line = 'readlink /proc/self/ns/net';
      expect((await contract.print(line, { network: 'host' })).trim()).toBe(readlinkSync('/proc/self/ns/net'));
      expect((await contract.print(line)).trim()).not.toBe(readlinkSync('/proc/self/ns/net'));
    });

    test('names: its own and localhost resolve, and there are files that say so', async () => {
      const line =
        'grep -c . /etc/hosts >/dev/null && grep -w localhost /etc/hosts >/dev/null && test -e /etc/resolv.conf && test "$(cat /etc/hostname)" = "$(hostname)" && grep -c "$(hostname)" /etc/hosts';
      expect(Number(await contract.print(line, { network: undefined }))).toBeGreaterThan(0);
    });
  });
}

/** It takes a moment until a program listens. */
async function connectWhenReady(container: Container, port: number): Promise<Duplex> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await container.connect(port, new AbortController().signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED' || attempt === 100) throw error;
      await sleep(100);
    }
  }
}

async function ask(connection: Duplex, text: string): Promise<string> {
  connection.write(Buffer.from(text, 'latin1'));
  let answer = '';
  while (answer.length < text.length) {
    const [chunk] = (await once(connection, 'data')) as [Buffer];
    answer += chunk.toString('latin1');
  }
  return answer;
}
