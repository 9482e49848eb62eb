import { constants } from 'node:os';

const sigterm = 15;

/** First and last real-time signals as the kernel numbers them to programs (signal(7); glibc keeps 32 and 33). */
const sigrtmin = 34;
const sigrtmax = 64;

/** The number of an image's StopSignal: `SIGQUIT`, `QUIT`, `3`, `SIGRTMIN+3`; SIGTERM when absent or unknown. */
export function stopSignalNumber(name: string | undefined): number {
  if (name === undefined || name === '') return sigterm;
  if (/^\d+$/.test(name)) return inRange(Number(name));
  const plain = name.toUpperCase().replace(/^SIG/, '');
  const realTime = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(plain);
  if (realTime !== null) {
    const base = realTime[1] === 'MIN' ? sigrtmin : sigrtmax;
    return inRange(base + Number(`${realTime[2] ?? '+'}${realTime[3] ?? 0}`));
  }
  return (constants.signals as Readonly<Record<string, number>>)[`SIG${plain}`] ?? sigterm;
}

function inRange(number: number): number {
  return number >= 1 && number <= sigrtmax ? number : sigterm;
}
