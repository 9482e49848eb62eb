import { type Lock, type LockedFlags, lockVersion } from '../../selection/lock/lock.js';
import { renderTouched } from '../../selection/lock/touched-line.js';
import type { Touched } from '../../trace/trace.js';

const heading = [
  '# What slimtrace keeps of this image, and why: one rule a line. Review it and commit it.',
  '#   slimtrace slim IMAGE --lock FILE    rebuilds by it, with nothing privileged, and fails when the image has drifted',
  '#   slimtrace lock --update             writes it anew; your comments, allow and options stay',
];

const sections = {
  traced:
    '# What the run touched, and how. It is kept with all that it needs, by the name that another build has for it.',
  'looked-for': '# What it looked for, and the image doesn’t have: another answer than “not there” would be new.',
  healed: '# What the slim image looked for when it ran under the trace, and lacked.',
  derived: '# What follows from that: what files need, import and name, and what every image needs.',
  privileges: '# Kept files that give rights to whoever uses them.',
  allow: '# By hand: files that may come and go without a review (paths or globs).',
};

/** Lines that are the format's own. Every other comment is somebody's. */
export const ownComments: ReadonlySet<string> = new Set([...heading, ...Object.values(sections)]);

/** A lock as YAML, a rule a line, in an order that doesn't change. */
export function renderLock(lock: Lock): string {
  const { made, options, scenarios, command, allow } = lock;
  const { os, architecture, variant } = made.platform;
  const platform = [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
  return [
    ...heading,
    `version: ${lockVersion}`,
    entry('image', lock.image),
    'made:',
    `  ${entry('slimtrace', made.slimtrace)}`,
    `  ${entry('id', made.id)}`,
    `  ${entry('platform', platform)}`,
    `  files: ${made.files}`,
    `  bytes: ${made.sizeBytes}`,
    ...section('config', Object.entries(lock.config)),
    ...flags('options', options),
    ...(command.length === 0 ? [] : ['command:', ...command.map((word) => `  - ${yamlText(word)}`)]),
    'scenarios:',
    ...scenarios.flatMap((scenario) => asItem(flagLines(scenario))),
    ...(allow.length === 0 ? [] : ['', sections.allow, 'allow:', ...allow.map((one) => `  - ${yamlText(one)}`)]),
    'commands:',
    ...lock.commands.map((words) => `  - [${words.map(quoted).join(', ')}]`),
    ...commented('traced', lock.traced.map(ruleOf)),
    ...commented('looked-for', lock.lookedFor.map(ruleOf)),
    ...(lock.healed.length === 0 ? [] : commented('healed', lock.healed.map(ruleOf))),
    ...commented('derived', [...lock.derived]),
    ...(lock.privileges.size === 0 ? [] : commented('privileges', [...lock.privileges])),
    '',
  ].join('\n');
}

type Rule = readonly [path: string, text: string];

function ruleOf(touched: Touched): Rule {
  return [touched.path, renderTouched(touched)];
}

function commented(name: keyof typeof sections, rules: readonly Rule[]): string[] {
  return ['', sections[name], ...section(name, rules)];
}

function section(name: string, rules: readonly Rule[]): string[] {
  return rules.length === 0 ? [`${name}: {}`] : [`${name}:`, ...rules.map(([path, text]) => `  ${entry(path, text)}`)];
}

function flags(name: string, values: LockedFlags): string[] {
  const lines = flagLines(values).map((line) => `  ${line}`);
  return lines.length === 0 ? [`${name}: {}`] : [`${name}:`, ...lines];
}

function flagLines(values: LockedFlags): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (typeof value === 'boolean') return [`${name}: ${value}`];
    if (typeof value === 'string') return [entry(name, value)];
    return [`${name}:`, ...value.map((one) => `  - ${yamlText(one)}`)];
  });
}

function asItem(lines: readonly string[]): string[] {
  const [first = '{}', ...rest] = lines;
  return [`  - ${first}`, ...rest.map((line) => `    ${line}`)];
}

function entry(key: string, text: string): string {
  return `${yamlText(key)}: ${yamlText(text)}`;
}

/** Words that YAML 1.2 takes for something else than text. */
const otherTypes = /^(?:true|false|null|~|[-+]?(?:\.?\d[\d_.]*(?:e[-+]?\d+)?|\.inf|\.nan)|0[ox][\da-f]+)$/i;

/** A text as a plain scalar where that is safe and looks as it is, else quoted with everything strange escaped. */
function yamlText(text: string): string {
  const isPlain =
    /^[\p{L}\p{N}/._+][\p{L}\p{N}\p{P}\p{S} ]*$/u.test(text) &&
    !/: |:$| #| $|[\u115f\u1160\u2800\u3164\uffa0]/.test(text);
  return isPlain && !otherTypes.test(text) && !/^(?:---|\.\.\.)/.test(text) ? text : quoted(text);
}

/** JSON, which YAML 1.2 reads, with all escaped that could hide or reorder. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[^\p{L}\p{N}\p{P}\p{S} ]|[\u115f\u1160\u2800\u3164\uffa0]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
