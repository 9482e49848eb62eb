import { formatAmount } from '../../amount.js';
import { doubtWords } from '../confidence-human.js';
import { formatBytes } from '../format.js';
import type { SlimReport } from '../report.js';
import { type Html, html, nothing } from './html.js';
import { fact, facts, foldedList, pageSection, plainList } from './page-parts.js';

/** What was healed, and what a person should know to judge how sure the result is. */
export function renderConfidenceSection({ healing, confidence, notes, checksChosenByDefault }: SlimReport): Html {
  const { onStaticEvidence: unseen, enumerated, doubts, unexercisedPorts } = confidence;
  const { rounds, missed } = healing;
  return pageSection('confidence', 'How sure it is', [
    checksChosenByDefault
      ? html`<p class="callout warning">No check was given: those that every image gets were made. Checks of your own prove more.</p>`
      : nothing,
    missed.length === 0
      ? nothing
      : html`<div class="callout warning"><h3>Looked for in the slim image, and only in the original</h3>${plainList(missed.map((path) => html`<code>${path}</code>`))}<p><code>--include</code> keeps them, <code>--heal-rounds</code> heals more.</p></div>`,
    facts([
      fact('kept on static evidence alone', `${formatAmount(unseen.files, 'file')}, ${formatBytes(unseen.bytes)}`),
      fact('exposed ports without a check', unexercisedPorts.length === 0 ? 'none' : unexercisedPorts.join(', ')),
      fact('healing', rounds.length === 0 ? 'nothing was missing' : formatAmount(rounds.length, 'round')),
    ]),
    ...rounds.map(({ round, paths }) =>
      foldedList(
        `Healed in round ${round}`,
        paths.map((path) => html`<code>${path}</code>`),
      ),
    ),
    foldedList(
      'Directories that the application lists, and that are shorter now',
      enumerated.map(
        ({ directory, names, missing }) =>
          html`<code>${directory}</code>: ${names - missing.length} of ${names} names; missing: ${missing.slice(0, 10).join(', ')}${missing.length > 10 ? ' …' : ''}`,
      ),
    ),
    foldedList('Doubts', doubts.map(doubtWords)),
    foldedList('Notes', notes),
  ]);
}
