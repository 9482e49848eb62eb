import { formatCount } from '../../amount.js';
import { isConfined } from '../confinement-report.js';
import type { SlimReport } from '../report.js';
import { type Html, html, nothing } from './html.js';
import { fact, facts, foldedList, pageSection, plainList } from './page-parts.js';

/** Who it runs as, what of use to an intruder went and what is still there, secrets, profiles. */
export function renderSecuritySection(report: SlimReport): Html {
  const { posture, slim, remaining, gone } = report;
  const { user, owners, remarks, secrets, worldWritable } = posture;
  const stays = [...remaining.packageManagers, ...remaining.compilers, ...remaining.interpreters];
  const went = [...gone.packageManagers, ...gone.compilers, ...gone.interpreters];
  return pageSection('security', 'Security', [
    secrets.length === 0
      ? nothing
      : html`<div class="callout bad"><h3>Would better not ship</h3>${plainList(secrets.map(({ place, what }) => html`<code>${place}</code>: ${what}`))}</div>`,
    facts([
      fact(
        'runs as',
        `${user.slim || 'root'}${user.original === user.slim ? '' : ` (the original: ${user.original || 'root'})`}`,
      ),
      fact('shells', named(slim.shells)),
      fact('setuid and setgid', named(slim.setuidFiles)),
      fact('programs of use to an intruder', named(stays)),
      fact('anybody may write', named(worldWritable.slim)),
      ...profileFacts(report),
    ]),
    foldedList('Shells that went', gone.shells),
    foldedList('Setuid and setgid files that went', gone.setuidFiles),
    foldedList('Package managers, compilers and interpreters that went', went),
    foldedList(
      'Owners that changed',
      owners.map(({ path, from, to, why }) => html`<code>${path}</code>: ${from} → ${to} (it ${why} there)`),
    ),
    foldedList('Remarks about the user', remarks),
  ]);
}

function named(paths: readonly string[]): Html {
  if (paths.length === 0) return html`none`;
  const shown = paths.slice(0, 12).map((path) => html`<code>${path}</code> `);
  return html`${shown}${paths.length > 12 ? `and ${formatCount(paths.length - 12)} more` : ''}`;
}

const proved = { yes: 'every check passed under it', no: 'not written: checks fail under it', unknown: 'not proved' };

function profileFacts({ confinement }: SlimReport): readonly Html[] {
  const { seccomp, apparmor } = confinement;
  const because = (reasons: readonly string[]) => (reasons.length === 0 ? '' : `: ${reasons.join('; ')}`);
  const all: Html[] = [];
  if (seccomp !== null)
    all.push(
      fact(
        'seccomp',
        `${formatCount(seccomp.syscalls)} system calls; ${proved[seccomp.proved]}${because(seccomp.because)}`,
      ),
    );
  if (apparmor !== null)
    all.push(fact('AppArmor', `profile ${apparmor.name}; ${proved[apparmor.proved]}${because(apparmor.because)}`));
  if (!isConfined(confinement)) all.push(fact('profiles', 'one that was asked for is not written'));
  return all;
}
