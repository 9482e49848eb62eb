/**
 * A text in which what URLs have before their `@` can't be read: users, and passwords of proxies and registries. One that
 * should have been escaped (RFC 3986, 3.2.1) and wasn't has an `@` or a `/` of its own: where there are credentials, all up
 * to the last `@` of the word is hidden, even if that is too much.
 */
export function maskCredentials(text: string): string {
  return text.replace(/\S+/g, maskWord);
}

/** A text that is one URL, of which any may be a password; curl and others take a proxy without the scheme too. */
export function maskUrl(url: string): string {
  return url.replace(/^(\w[\w+.-]*:\/\/)?[\s\S]*@/, '$1…@');
}

function maskWord(word: string): string {
  const end = word.lastIndexOf('@');
  if (end < 0) return word;
  for (const { 0: scheme, index } of word.matchAll(/\w:\/\//g)) {
    const start = index + scheme.length;
    if (start < end && hasCredentials(word.slice(start))) return `${word.slice(0, start)}…${word.slice(end)}`;
  }
  return word;
}

/** An `@` in the authority; or what stands behind its colon is no port, and the slash after it part of a password. */
function hasCredentials(rest: string): boolean {
  const [authority = ''] = rest.split('/', 1);
  return authority.includes('@') || /^[^[:]*:(?!\d*(?:[^\w]|$))/.test(authority);
}
