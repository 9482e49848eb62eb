/** Names of what nobody should see: flags, variables, parameters. */
const secretName =
  /pass(?:word|wd|phrase)?|secret|token|credential|api[-_]?key|private[-_]?key|access[-_]?key|auth|bearer/i;
const withheld = '***';
/** Shorter values would be found everywhere. */
const leastLength = 4;

/**
 * The words of a command without what looks like a secret: values of flags and variables that are named so, passwords
 * in URLs, parameters of requests, and any of `values`. The words stay as many as they are.
 */
export function withholdSecrets(words: readonly string[], values: readonly string[]): readonly string[] {
  const secrets = values.filter((value) => value.length >= leastLength);
  return words.map((word, at) => {
    const before = words[at - 1] ?? '';
    if (/^--?[a-z]/i.test(before) && !before.includes('=') && secretName.test(before)) return withheld;
    const shown = word
      .replace(/(:\/\/)[^/@\s]+@/g, `$1${withheld}@`)
      .replace(/([?&]|^|\s)([^=?&\s]+)=([^&\s]+)/g, (whole, start: string, name: string) =>
        secretName.test(name) ? `${start}${name}=${withheld}` : whole,
      );
    return secrets.reduce((text, value) => text.replaceAll(value, withheld), shown);
  });
}
