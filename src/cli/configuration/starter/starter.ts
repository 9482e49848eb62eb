import type { ImageConfig } from '../../../image/image.js';
import { parseName } from '../../../image/name.js';
import type { ConfigKey, ConfigKeys } from '../../../schema/config-key.js';
import { hintsOf } from './image-hints.js';
import { quote } from './quote.js';

/** An image to begin a configuration with; without its config there is nothing to say about it. */
export interface StarterImage {
  readonly reference: string;
  readonly config: ImageConfig | undefined;
}

/**
 * A commented configuration to begin with: valid as it is, each image by its own key. Checks are only suggested: what slim
 * does without any works for whatever the image turns out to be.
 */
export function renderStarter(images: readonly StarterImage[], keys: ConfigKeys): string {
  const names = nameImages(images.map(({ reference }) => reference));
  const blocks = images.map(({ reference, config }, index) => {
    const lines = [`image: ${quote(reference)}`, ...hintsOf(config), ...budgets];
    return [`  ${names[index]}:`, ...lines.map((line) => `    ${line}`)].join('\n');
  });
  return [header(names[0] ?? ''), `images:\n${blocks.join('\n\n')}`, moreKeys(keys), ofCi(keys)].join('\n\n');
}

function header(name: string): string {
  return [
    `# What slimtrace does with these images: \`slimtrace slim ${name}\` for one, \`slimtrace ci\` for all of them.`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how variables are written.
    '# ${VAR:-default} is an environment variable, $$ a dollar sign. Relative paths are relative to this file. Flags win over it.',
    '# For help in an editor, write the schema (slimtrace schema config > slimtrace.schema.json) and make this the first line:',
    '#   # yaml-language-server: $schema=slimtrace.schema.json',
    'version: 1',
  ].join('\n');
}

const budgets = [
  '# What the slim image has to keep to, or `slimtrace slim` ends with exit code 1:',
  '# budgets:',
  '#   max-size: 120MB',
  '#   min-reduction: 50%',
  '#   fail-on: [secrets, shell, setuid]',
];

/** A line for each key there is, with the words of its flag; without its `# `, a line is one of the last image's. */
function moreKeys(keys: ConfigKeys): string {
  return [
    '# What else can be said about an image, or below `defaults:` about all of them; --help of slim says more. Where a value',
    '# is missing, yours goes there.',
    ...linesOf(keys.image, 4),
    '#     budgets:',
    ...linesOf(keys.budgets, 6),
    '#     scenarios:  # several ways to use the image, each with keys from http to entrypoint of its own',
    '#       NAME: {}',
  ].join('\n');
}

function ofCi({ ci, deadlines }: ConfigKeys): string {
  const lines = [...linesOf(ci, 2), '#   deadlines:', ...linesOf(deadlines, 4)];
  return `${['# For `slimtrace ci`:', '# ci:', ...lines].join('\n')}\n`;
}

function linesOf(keys: readonly ConfigKey[], indent: number): string[] {
  return keys.map(({ name, default: fallback, choices, description }) => {
    const value = fallback ?? choices?.[0] ?? '';
    return `# ${' '.repeat(indent)}${`${name}: ${value}`.trimEnd()}  # ${description}`;
  });
}

/** A key for each image: the last part of its name; a number tells those apart that would be alike. */
export function nameImages(references: readonly string[]): string[] {
  const names: string[] = [];
  for (const reference of references) {
    const stem = stemOf(reference);
    let name = stem;
    for (let number = 2; names.includes(name); number++) name = `${stem}-${number}`;
    names.push(name);
  }
  return names;
}

function stemOf(reference: string): string {
  const [, archive] = /^(?:docker-archive|oci-archive|oci):([^:]*)/.exec(reference) ?? [];
  const path = (archive ?? parseName(reference).repository).replace(/\.(?:tar(?:\.\w+)?|tgz|tzst|oci)$/, '');
  const last = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  const isId = /^(?:sha256:)?[0-9a-f]{12,64}$/.test(reference);
  const name = last.replace(/[^\w.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name === '' || isId ? 'image' : name;
}
