import { maskCredentials } from '../../system/mask-credentials.js';
import { describeToken, isNamedSecret } from './config-secrets.js';
import type { Secret } from './secret.js';
import { isPlausible, tokenFormats } from './token-formats.js';

/** `NAME=value`, as ARGs, ENVs and shells have it. */
const assignment = /(?<![\w.-])([A-Za-z_][\w.-]*)=("[^"]*"|'[^']*'|[^\s"']\S*)/g;

/** Only so much of a step is searched: builders cut theirs at some thousand characters. */
const longestStep = 65_536;

/** Secrets in the steps of an image's history: whoever has the image can read what ARGs had, and commands. */
export function historySecrets(history: readonly { readonly created_by?: string }[]): readonly Secret[] {
  return history.flatMap(({ created_by: by = '' }, at) => {
    const text = by.slice(0, longestStep);
    const named = [...text.matchAll(assignment)].find(([, name = '', value = '']) => isNamedSecret(name, bare(value)));
    const what = describeToken(text) ?? (named === undefined ? undefined : `${named[1]}, by its name a secret`);
    return what === undefined ? [] : [{ where: { kind: 'config', field: `History step ${at + 1}` }, what }];
  });
}

/** A text of a history in which no secret can be read. */
export function hideSecrets(text: string): string {
  let shown = maskCredentials(text);
  for (const { pattern } of tokenFormats) shown = shown.replace(pattern, (token) => (isPlausible(token) ? '…' : token));
  return shown.replace(assignment, (all, name: string, value: string) =>
    isNamedSecret(name, bare(value)) ? `${name}=…` : all,
  );
}

function bare(value: string): string {
  return value.replace(/^(["'])(.*)\1$/s, '$2');
}
