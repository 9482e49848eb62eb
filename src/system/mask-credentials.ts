/** A text in which what URLs have before their `@` can't be read: users, and passwords of proxies and registries. */
export function maskCredentials(text: string): string {
  return text.replace(/(\w:\/\/)[^\s/@]+@/g, '$1…@');
}
