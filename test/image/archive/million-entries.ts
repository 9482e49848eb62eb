// Run by hostile-layers.integration.test.ts in a process of its own, so that its memory can be told:
// million-entries.ts DIRECTORY KIND ENTRIES. Writes a layer of so many entries, opens it, and prints what it took.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openLayers } from '../../../src/image/archive/open-layers.js';
import { memberOf } from './raw-tar.js';

const [directory = '', kind, entries = '0'] = process.argv.slice(2);
const file = join(directory, 'layer.tar');
const sizeBytes = writeLayer();
const diffId = `sha256:${'0'.repeat(64)}` as const;
const layer = { file, offset: 0, sizeBytes, digest: undefined, diffId, mediaType: undefined };
const outcome: Record<string, unknown> = {};
try {
  const signal = new AbortController().signal;
  await using opened = await openLayers([layer], { signal, temporaryDirectory: directory });
  outcome.size = opened.tree.size;
} catch (error) {
  outcome.message = (error as Error).message;
  process.exitCode = 1;
}
outcome.peakMegabytes = peakMegabytes();
console.log(JSON.stringify(outcome));

function writeLayer(): number {
  const fd = openSync(file, 'w');
  let written = 0;
  const put = (bytes: Uint8Array) => {
    written += writeSync(fd, bytes);
  };
  const deep = `${'d'.repeat(99)}/`.repeat(10);
  if (kind === 'deep')
    put(Buffer.concat([memberOf({ name: deep, type: 'directory' }), memberOf({ name: 'l', linkTarget: deep })]));
  const numbered = numberedMembers(kind === 'deep' ? 'l/' : './');
  const batch: Buffer[] = [];
  for (let at = 0; at < Number(entries); at += 1) {
    batch.push(numbered(at));
    if (batch.length === 2000) put(Buffer.concat(batch.splice(0)));
  }
  put(Buffer.concat(batch));
  closeSync(fd);
  return written;
}

/** Makes members whose names are numbers, out of one: only the digits and the checksum differ. */
function numberedMembers(prefix: string): (number: number) => Buffer {
  const template = memberOf({ name: `${prefix}${'0'.repeat(30)}` });
  const sum = Number.parseInt(template.toString('latin1', 148, 154), 8);
  return (number) => {
    const digits = String(number).padStart(30, '0');
    const member = Buffer.from(template);
    member.write(digits, prefix.length, 'latin1');
    const added = [...String(number)].reduce((total, digit) => total + Number(digit), 0);
    member.write((sum + added).toString(8).padStart(6, '0'), 148, 'latin1');
    return member;
  };
}

/** VmHWM of proc_pid_status(5). */
function peakMegabytes(): number {
  return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN) / 1024;
}
