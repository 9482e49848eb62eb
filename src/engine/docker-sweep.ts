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

/** A container that some session made. */
export interface SessionContainer {
  readonly id: string;
  readonly session: string;
  readonly pid: number;
  readonly host: string;
  readonly createdMs: number;
}

/** A container by its labels. */
export function sessionContainer(
  id: string,
  createdMs: number,
  labelValue: (name: string) => string | undefined,
): SessionContainer {
  const [session = '', pid, host = ''] = [label, `${label}.pid`, `${label}.host`].map(labelValue);
  return { id, createdMs, session, pid: Number(pid), host };
}

/** The arguments of `ps` that choose the containers of all sessions. */
export const listArguments = ['ps', '--all', '--no-trunc', '--filter', `label=${label}`, '--format'] as const;

export async function listDockerContainers(cli: DockerCli): Promise<SessionContainer[]> {
  const format = `{{.ID}}\t{{.CreatedAt}}\t{{.Label "${label}"}}\t{{.Label "${label}.pid"}}\t{{.Label "${label}.host"}}`;
  const listed = await cli.run([...listArguments, format], 'list containers');
  return lines(listed).map(([id = '', created = '', session, pid, host]) => {
    const values = new Map([
      [label, session],
      [`${label}.pid`, pid],
      [`${label}.host`, host],
    ]);
    // `docker ps` prints "2026-01-02 03:04:05 +0000 UTC"; Date can't parse the zone's name.
    return sessionContainer(id, Date.parse(created.replace(/ [A-Z]+$/, '')), (name) => values.get(name));
  });
}

/** Removes containers (with their anonymous volumes) and pending images whose session is over. */
export async function sweepEngine(
  cli: DockerCli,
  own: Session,
  containers: readonly SessionContainer[],
): Promise<number> {
  const left = containers.filter((container) => container.session !== own.id && isOver(container, own));
  for (const { id } of left) await cli.removeContainer(id);
  return left.length + (await sweepImages(cli, own));
}

async function sweepImages(cli: DockerCli, own: Session): Promise<number> {
  const filter = ['--filter', `reference=${pendingRepository}/*`];
  const listed = await cli.run(
    ['image', 'ls', ...filter, '--format', '{{.Repository}}:{{.Tag}}\t{{.Tag}}'],
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

function isOver({ pid, host, createdMs }: SessionContainer, own: Session): boolean {
  if (host === own.host) return !isProcessAlive(pid);
  return Date.now() - createdMs > foreignLifetimeMs;
}

function lines(output: string): string[][] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}
