import type { Session } from '../system/session.js';

/** Images that are not proved yet carry a name of this repository, with `SESSION.PID.HOST` as the tag. */
export const pendingRepository = 'slimtrace-pending';

/** The name under which a session loads an image before it is verified. */
export function pendingImageName(session: Session, use: string): string {
  return `${pendingRepository}/${use}:${session.id}.${session.pid}.${tagText(session.host)}`;
}

/** Whose a pending image is, from its tag; undefined when the tag isn't one of ours. */
export function parsePendingTag(tag: string): { id: string; pid: number; host: string } | undefined {
  const match = /^([0-9a-f]+)\.(\d+)\.(.*)$/.exec(tag);
  return match === null ? undefined : { id: match[1] ?? '', pid: Number(match[2]), host: match[3] ?? '' };
}

/** A host name as it may stand in a tag: at most 128 characters of [A-Za-z0-9_.-] (distribution reference grammar). */
export function tagText(host: string): string {
  return host.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 90);
}
