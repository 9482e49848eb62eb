/** Below /usr/share (hier(7)): what people read, and what packaging tools report about packages. */
const documentation =
  /^\/usr(?:\/local)?\/share\/(?:doc|man|info|lintian|bug|doc-base|gtk-doc|help|omf|metainfo|menu|licenses)(?:\/|$)/;

const translation = /^\/usr(?:\/local)?\/share\/locale\/([^/@.]+)(?:[@.][^/]*)?(?:\/|$)/;

const languageVariable = /^(?:LANG|LANGUAGE|LC_ALL|LC_MESSAGES)=(.*)$/s;

/**
 * True for what no program needs of a package that is kept whole: documentation, manuals, licence texts, and messages in
 * languages that `env` (`NAME=VALUE`, locale(7)) doesn't ask for.
 */
export function isDocumentation(path: string, env: readonly string[]): boolean {
  if (!path.startsWith('/usr/')) return false;
  if (documentation.test(path)) return true;
  const [, translated] = translation.exec(path) ?? [];
  if (translated === undefined || translated === 'locale') return false;
  const language = languageOf(translated);
  return !env.some((line) =>
    (languageVariable.exec(line)?.[1] ?? '').split(':').some((locale) => languageOf(locale) === language),
  );
}

/** `de` of `de`, `de_AT` and `de_DE.UTF-8@euro`. */
function languageOf(locale: string): string {
  return locale.split(/[_.@]/, 1)[0] ?? '';
}
