import { SlimtraceError } from '../../errors.js';
import { renderPlace, type Secret } from './secret.js';

const shown = 20;

/** Throws `secrets-found` when there are any, and names the places. */
export function refuseSecrets(secrets: readonly Secret[]): void {
  if (secrets.length === 0) return;
  const named = secrets.slice(0, shown).map((secret) => `${renderPlace(secret)} (${secret.what})`);
  const more = secrets.length - named.length;
  throw new SlimtraceError('secrets-found', {
    secrets: `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  });
}
