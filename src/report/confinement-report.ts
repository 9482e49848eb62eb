import { formatCount } from '../amount.js';
import type { Confinement } from '../confine-image.js';
import { printable } from './format.js';
import type { Style } from './style.js';

/** A profile's outcome as it stands in the report. */
interface ReportedProfile {
  readonly file: string;
  /** The image passed its checks under it; `no`: it failed them, and the file isn't written; `unknown`: it couldn't be tried here. */
  readonly proved: 'yes' | 'no' | 'unknown';
  readonly because: readonly string[];
}

/** The profiles that were asked for; null for one that wasn't, or when the image isn't proved. */
export interface ReportedConfinement {
  readonly seccomp: (ReportedProfile & { readonly syscalls: number; readonly refused: readonly string[] }) | null;
  readonly apparmor: (ReportedProfile & { readonly name: string }) | null;
}

const proved = { proved: 'yes', failed: 'no', unproved: 'unknown' } as const;
const shownReasons = 4;

export function reportConfinement(confinement: Confinement | undefined): ReportedConfinement {
  const { seccomp, apparmor } = confinement ?? {};
  const common = ({ file, state, because }: NonNullable<typeof seccomp | typeof apparmor>): ReportedProfile => ({
    file,
    proved: proved[state],
    because,
  });
  return {
    seccomp: seccomp ? { ...common(seccomp), syscalls: seccomp.syscalls, refused: seccomp.refused } : null,
    apparmor: apparmor ? { ...common(apparmor), name: apparmor.name } : null,
  };
}

/** Whether no profile failed its checks. */
export function isConfined({ seccomp, apparmor }: ReportedConfinement): boolean {
  return seccomp?.proved !== 'no' && apparmor?.proved !== 'no';
}

/** A line for each profile, and why it isn't proved. */
export function renderConfinement({ seccomp, apparmor }: ReportedConfinement, style: Style): string {
  const lines: string[] = [];
  if (seccomp !== null) {
    const refused = seccomp.refused.length === 0 ? '' : `; not allowed, as by default: ${seccomp.refused.join(', ')}`;
    lines.push(...renderProfile('seccomp', seccomp, `${formatCount(seccomp.syscalls)} system calls${refused}`, style));
  }
  if (apparmor !== null) lines.push(...renderProfile('apparmor', apparmor, `profile ${apparmor.name}`, style));
  return lines.join('\n');
}

function renderProfile(kind: string, profile: ReportedProfile, what: string, style: Style): string[] {
  const head = kind.padEnd(9);
  const file = printable(profile.file);
  if (profile.proved === 'yes')
    return [`${style.green(head)}  ${file}: ${printable(what)}; every check passed under it`];
  const reasons = profile.because.slice(0, shownReasons).map((reason) => `           ${printable(reason)}`);
  if (profile.proved === 'unknown')
    return [`${style.yellow(head)}  ${file}: ${printable(what)}; not proved: ${printable(profile.because.join('; '))}`];
  return [
    `${style.red(head)}  not written to ${file}: the image fails its checks under the profile, because`,
    ...reasons,
  ];
}
