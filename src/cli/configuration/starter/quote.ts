/** A text as a YAML value that stays itself: quoted, and no variable in it. */
export function quote(text: string): string {
  return JSON.stringify(text.replaceAll('$', '$$$$'));
}
