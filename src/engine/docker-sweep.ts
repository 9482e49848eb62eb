import { isProcessAlive, type Session } from '../system/session.js';
import type { DockerCli } from './docker-cli.js';
import { parsePendingTag, pendingRepository, tagText } from './pending-image.js';

const label = 'io.slimtrace.session';

/** A crash on another machine can't be told from a run that is under way; after this long it is over either way. */
const foreignLifetimeMs = 24 * 60 * 60 * 1000;

/** Labels for everything a session creates, so that a later run can tell what was left behind. */
export function sessionLabels(session: Session): string[] {
  return [`${label}=${session.id}`, `${label}.pid=${session.pid}`, `${label}.host=${session.host}`];
}

/** Removes containers (with their anonymous volumes) and pending images whose session is over. */
export async function sweepDocker(cli: DockerCli, own: Session): Promise<number> {
  return (await sweepContainers(cli, own)) + (await sweepImages(cli, own));
}

async function sweepContainers(cli: DockerCli, own: Session): Promise<number> {
  const format = `{{.ID}}\t{{.Label "${label}"}}\t{{.Label "${label}.pid"}}\t{{.Label "${label}.host"}}\t{{.CreatedAt}}`;
  const listed = await cli.run(
    ['ps', '--all', '--no-trunc', '--filter', `label=${label}`, '--format', format],
    'list containers',
  );
  const left = lines(listed).filter(([, id = '', pid = '', host = '', created = '']) => {
    return id !== own.id && isOver(Number(pid), host === own.host, created);
  });
  for (const [container = ''] of left) await cli.cleanUp(['rm', '--force', '--volumes', '--', container]);
  return left.length;
}

async function sweepImages(cli: DockerCli, own: Session): Promise<number> {
  const filter = ['--filter', `reference=${pendingRepository}/*`];
  const listed = await cli.run(
    ['image', 'ls', ...filter, '--format', '{{.Repository}}:{{.Tag}}\t{{.Tag}}\t{{.CreatedAt}}'],
    'list images',
  );
  const left = lines(listed).filter(([, tag = '']) => {
    const pending = parsePendingTag(tag);
    if (pending === undefined || pending.id === own.id) return false;
    // CreatedAt is the source's date, not the load's: a foreign session's image can't be told to be over by it.
    return pending.host === tagText(own.host) && !isProcessAlive(pending.pid);
  });
  for (const [name = ''] of left) await cli.cleanUp(['image', 'rm', '--', name]);
  return left.length;
}

function isOver(pid: number, isOurHost: boolean, created: string): boolean {
  if (isOurHost) return !isProcessAlive(pid);
  // `docker ps` prints "2026-01-02 03:04:05 +0000 UTC"; Date can't parse the zone's name.
  const createdMs = Date.parse(created.replace(/ [A-Z]+$/, ''));
  return Date.now() - createdMs > foreignLifetimeMs;
}

function lines(output: string): string[][] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}
