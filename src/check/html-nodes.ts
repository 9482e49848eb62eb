/** Elements whose content is text up to their end tag (HTML Living Standard, 13.1.2, "raw text" and "escapable raw text"). */
const rawElements = new Set(['script', 'style', 'textarea', 'title']);

/** A tag with more attributes than this is no tag of a page. */
const mostAttributes = 500;

/**
 * A page as a list of its nodes: `<a href="/x">`, `</a>`, and texts with their white space collapsed. Attributes are
 * sorted by name, comments and white space between tags are left out, scripts and styles go by line. Takes whatever
 * comes, in linear time; undefined when there are more than `mostNodes`.
 */
export function htmlNodes(html: string, mostNodes: number): string[] | undefined {
  const nodes: string[] = [];
  const addText = (text: string) => {
    const collapsed = text.replace(/\s+/g, ' ').trim();
    if (collapsed !== '') nodes.push(collapsed);
  };
  for (let at = 0; at < html.length; ) {
    if (nodes.length > mostNodes) return undefined;
    const tag = nextTag(html, at);
    addText(html.slice(at, tag.start));
    at = tag.end;
    if (tag.text === undefined) continue;
    nodes.push(tag.text);
    if (!rawElements.has(tag.name)) continue;
    const end = endOfRaw(html, at, tag.name);
    if (tag.name === 'title' || tag.name === 'textarea') addText(html.slice(at, end));
    else for (const line of html.slice(at, end).split('\n', mostNodes + 1)) addText(line);
    at = end;
  }
  return nodes.length > mostNodes ? undefined : nodes;
}

interface Tag {
  /** Where it begins, and where what follows it does. */
  readonly start: number;
  readonly end: number;
  /** In lower case, without what closes it. */
  readonly name: string;
  /** Undefined when it is a comment, or there is no further tag. */
  readonly text: string | undefined;
}

const tagStart = /<(?:!--|[!?/]?[A-Za-z])/g;

function nextTag(html: string, from: number): Tag {
  tagStart.lastIndex = from;
  const found = tagStart.exec(html);
  if (found === null) return { start: html.length, end: html.length, name: '', text: undefined };
  const start = found.index;
  if (found[0] === '<!--') {
    const end = html.indexOf('-->', start + 4);
    return { start, end: end === -1 ? html.length : end + 3, name: '', text: undefined };
  }
  return readTag(html, start);
}

/** Sticky, and each of them linear: names end at what can't be in one. */
const tagName = /<[!?/]?[^\s/>]+/y;
const attribute = /[\s/=]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/y;

function readTag(html: string, start: number): Tag {
  tagName.lastIndex = start;
  const opening = tagName.exec(html)?.[0].toLowerCase() ?? '<';
  let end = start + opening.length;
  const attributes: string[] = [];
  while (attributes.length < mostAttributes) {
    attribute.lastIndex = end;
    const found = attribute.exec(html);
    if (found === null) break;
    const [text, name = '', double, single, bare] = found;
    const value = double ?? single ?? bare;
    attributes.push(` ${name.toLowerCase()}${value === undefined ? '' : `="${value.replace(/\s+/g, ' ').trim()}"`}`);
    end += text.length;
  }
  const close = html.indexOf('>', end);
  return {
    start,
    end: close === -1 ? html.length : close + 1,
    name: opening.slice(1),
    text: `${opening}${attributes.sort().join('')}>`,
  };
}

function endOfRaw(html: string, from: number, name: string): number {
  const end = new RegExp(`</${name}[\\s/>]`, 'gi');
  end.lastIndex = from;
  return end.exec(html)?.index ?? html.length;
}
