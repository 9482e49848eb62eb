import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { agent, missingPrerequisite } from './agent-bench.ts';

const missing = missingPrerequisite('unshare', 'busybox');

/** Listens on every HOST:PORT given, holds a connection to the first, and then prints what the agent says. */
const server = `
const { createServer, connect } = require('node:net');
const [agent, ...places] = process.argv.slice(1);
const listen = ([host, port]) => new Promise((resolve, reject) =>
  createServer().once('error', reject).listen(Number(port), host, resolve));
const pairs = places.map((place) => place.split(/:(?=\\d+$)/));
Promise.all(pairs.map(listen)).then(() => {
  const [[host, port]] = pairs.length > 0 ? pairs : [['', '']];
  const print = () => {
    const { spawnSync } = require('node:child_process');
    const { status, stdout, stderr } = spawnSync(agent, ['listening'], { encoding: 'utf8' });
    console.log(JSON.stringify({ status, stdout, stderr }));
    process.exit(0);
  };
  if (port === '') print();
  else connect(Number(port), host, print);
});
`;

/** What the agent says in a network of its own, where these places are listened on. */
function listeningOn(...places: string[]): unknown {
  const line = 'busybox ip link set lo up && exec "$0" -e "$@"';
  const ran = spawnSync('unshare', ['--net', 'sh', '-c', line, process.execPath, server, '--', agent, ...places], {
    encoding: 'utf8',
  });
  expect(ran.stderr).toBe('');
  return JSON.parse(ran.stdout);
}

describe.skipIf(missing)(`listening (${missing ?? 'as root'})`, () => {
  it('each port once, ascending, on whatever address; connections are none', () => {
    const places = ['127.0.0.1:8080', '0.0.0.0:80', '::1:443', '127.0.0.2:8080', '127.0.0.1:65535', ':::9'];
    expect(listeningOn(...places)).toEqual({ status: 0, stderr: '', stdout: '9\n80\n443\n8080\n65535\n' });
  });

  it('nobody listens: nothing', () => {
    expect(listeningOn()).toEqual({ status: 0, stderr: '', stdout: '' });
  });

  it('Docker’s resolver is left out, and only it', () => {
    const places = ['127.0.0.1:5000', '127.0.0.11:40000', '127.0.0.12:40001'];
    expect(listeningOn(...places)).toEqual({ status: 0, stderr: '', stdout: '5000\n40001\n' });
  });

  it('all of several thousand', () => {
    const ports = Array.from({ length: 4000 }, (_, index) => 20_000 + index);
    const all = listeningOn(...ports.map((port) => `127.0.0.1:${port}`));
    expect(all).toEqual({ status: 0, stderr: '', stdout: ports.map((port) => `${port}\n`).join('') });
  });

  it('takes no arguments', () => {
    const ran = spawnSync(agent, ['listening', '80'], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 64, stderr: 'slimtrace-agent: usage: listening takes no arguments\n' });
  });
});
