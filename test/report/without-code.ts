/** Takes code spans out as CommonMark 0.31, 6.1 finds them: a run of backticks up to the next run of that length. */
export function withoutCode(markdown: string): string {
  let rest = markdown;
  let text = '';
  for (let open = /`+/.exec(rest); open !== null; open = /`+/.exec(rest)) {
    const [fence] = open;
    text += rest.slice(0, open.index);
    rest = rest.slice(open.index + fence.length);
    const close = new RegExp(`(?<!\`)${fence}(?!\`)`).exec(rest);
    if (close === null) text += fence;
    else rest = rest.slice(close.index + fence.length);
  }
  return text + rest;
}
