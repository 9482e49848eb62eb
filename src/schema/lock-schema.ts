import { z } from 'zod';
import { SlimtraceError } from '../errors.js';
import { type Lock, lockVersion } from '../selection/lock/lock.js';
import { parseTouched } from '../selection/lock/touched-line.js';
import type { Touched } from '../trace/trace.js';
import { type Position, parseYaml, type YamlNode, type YamlProblem } from './yaml.js';

const text = z.string();
const texts = z.array(text);
const path = z.string().regex(/^\//, 'a path begins with /');
const rules = z.record(path, text);

const options = z
  .strictObject({
    include: texts.exactOptional(),
    'include-from': texts.exactOptional(),
    exclude: texts.exactOptional(),
    'include-shell': z.literal(true).exactOptional(),
    certs: z.union([text, z.literal(false)]).exactOptional(),
    without: texts.exactOptional(),
    granularity: texts.exactOptional(),
    packs: texts.exactOptional(),
    nft: z.literal(true).exactOptional(),
    base: text.exactOptional(),
    'distroless-from': text.exactOptional(),
    layers: z.enum(['single', 'split']).exactOptional(),
    user: text.exactOptional(),
    healthcheck: text.exactOptional(),
    'package-records': z.literal(false).exactOptional(),
  })
  .describe('Flags of slim that shape what is kept; they hold wherever the lock is used, unless they are given anew.');

const scenario = z.strictObject({
  scenario: text.exactOptional(),
  command: z.union([text, texts]).exactOptional().describe('A line, or its words.'),
  env: texts.exactOptional().describe('Names only: values come from the environment, or from --env.'),
  'env-file': texts.exactOptional(),
  volume: texts.exactOptional(),
  network: text.exactOptional(),
  'run-user': text.exactOptional(),
  workdir: text.exactOptional(),
  entrypoint: text.exactOptional(),
  http: texts.exactOptional(),
  exec: texts.exactOptional(),
  tcp: texts.exactOptional(),
  port: texts.exactOptional(),
  exit: z.union([text, z.literal(true)]).exactOptional(),
});

/** What `slimtrace lock` writes: reviewed rules by which an image is slimmed without tracing it. */
export const lockFileSchema = z
  .strictObject({
    version: z.literal(lockVersion),
    image: text.describe('What the user called the image.'),
    made: z
      .strictObject({
        slimtrace: text,
        id: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'not a digest'),
        platform: z.string().regex(/^[\w.-]+\/[\w.-]+(?:\/[\w.-]+)?$/, 'not a platform such as linux/amd64'),
        files: z.int().min(0),
        bytes: z.int().min(0),
      })
      .describe('By which version, from which build, and what the slim image came to.'),
    config: z.record(z.string(), text).describe('The image’s configuration; a build with another one has drifted.'),
    options,
    command: texts.exactOptional().describe('Replaces the image’s command.'),
    scenarios: z.array(scenario).min(1).describe('What holds for all scenarios, then each of them.'),
    allow: texts.exactOptional().describe('By hand: paths or globs of files that may come and go without being drift.'),
    commands: z.array(texts).describe('What was executed: the container’s own command, then those of the checks.'),
    traced: rules.describe('What the run touched: the path, how, and by which program.'),
    'looked-for': rules.describe('What it looked for, and the image doesn’t have.'),
    healed: rules.exactOptional().describe('What the slim image looked for when it ran under the trace, and lacked.'),
    derived: rules.describe('What static rules keep: the path, and why.'),
    privileges: rules.exactOptional().describe('Kept files that give rights.'),
  })
  .describe('The reviewed rules by which an image is slimmed without tracing it.');

/** Of images with a hundred thousand kept files. */
/** A larger lock is not read. */
export const maxLockBytes = 64 * 1024 * 1024;

const bounds = { maxBytes: maxLockBytes, maxNodes: 1_000_000 };

/** So many mistakes are told. */
const maxShown = 10;

/** Parses a lock file, trusting nothing. Throws `lock-invalid`, saying in which lines. */
export function parseLock(bytes: Uint8Array, file: string): Lock {
  const { root, problems } = parseYaml(bytes, bounds);
  if (root === undefined || problems.length > 0)
    throw invalid(file, problems.length > 0 ? problems : [{ at: { line: 1, column: 1 }, message: 'it says nothing' }]);
  const odd = protoKey(root);
  if (odd !== undefined) throw invalid(file, [{ at: odd, message: 'unknown: "__proto__"' }]);
  const parsed = lockFileSchema.safeParse(plainValue(root));
  if (!parsed.success) {
    const { issues } = parsed.error;
    const shown = issues.slice(0, maxShown).map((issue) => ({ at: placeOf(root, issue), message: inWords(issue) }));
    throw invalid(file, shown, issues.length);
  }
  return toLock(parsed.data, (section, path, message) =>
    invalid(file, [{ at: placeOf(root, { path: [section, path] }), message }]),
  );
}

type LockFile = z.infer<typeof lockFileSchema>;

function toLock(parsed: LockFile, fail: (section: string, path: string, message: string) => SlimtraceError): Lock {
  const { made, allow = [], healed = {}, privileges = {}, scenarios, command } = parsed;
  const [os = '', architecture = '', variant] = made.platform.split('/');
  const touched = (section: 'traced' | 'looked-for' | 'healed', lines: Readonly<Record<string, string>>): Touched[] =>
    Object.entries(lines).map(([path, line]) => {
      const one = parseTouched(path, line);
      if (typeof one === 'string') throw fail(section, path, one);
      return one;
    });
  return {
    image: parsed.image,
    made: {
      slimtrace: made.slimtrace,
      id: made.id,
      platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
      files: made.files,
      sizeBytes: made.bytes,
    },
    config: parsed.config,
    options: parsed.options as Lock['options'],
    scenarios: scenarios as Lock['scenarios'],
    command: command ?? [],
    allow,
    commands: parsed.commands,
    traced: touched('traced', parsed.traced),
    lookedFor: touched('looked-for', parsed['looked-for']),
    healed: touched('healed', healed),
    derived: new Map(Object.entries(parsed.derived)),
    privileges: new Map(Object.entries(privileges)),
  };
}

function plainValue(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(plainValue);
  if (node.kind === 'scalar') return node.value;
  // Own properties, whatever they are called.
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
}

/** Where a key stands that zod passes over in silence. */
function protoKey(node: YamlNode): Position | undefined {
  if (node.kind === 'scalar') return undefined;
  const inner = node.kind === 'list' ? node.items : node.entries.map(({ value }) => value);
  const own = node.kind === 'map' ? node.entries.find(({ key }) => key === '__proto__')?.at : undefined;
  return own ?? inner.map(protoKey).find((at) => at !== undefined);
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

/** Where a value stands, or what is nearest above it; of unknown keys the first. */
function placeOf(root: YamlNode, { path, keys: [unknown] = [] }: Issue): Position {
  let node = root;
  let at = root.at;
  for (const key of unknown === undefined ? path : [...path, unknown]) {
    const entry = node.kind === 'map' ? node.entries.find((one) => one.key === key) : undefined;
    const next = entry?.value ?? (node.kind === 'list' ? node.items[Number(key)] : undefined);
    if (next === undefined) return at;
    at = entry?.at ?? next.at;
    node = next;
  }
  return at;
}

function inWords(issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join(' → ');
  if (issue.code === 'unrecognized_keys')
    return `unknown: ${issue.keys.map((key) => JSON.stringify(key.slice(0, 60))).join(', ')}`;
  return where === '' ? issue.message : `${where.slice(0, 200)}: ${issue.message}`;
}

/** @param count how many there are, when not all of them were looked up */
function invalid(file: string, problems: readonly YamlProblem[], count = problems.length): SlimtraceError {
  const shown = problems.slice(0, maxShown).map(({ at, message }) => `${file}:${at.line}:${at.column}: ${message}`);
  const more = count - shown.length;
  return new SlimtraceError('lock-invalid', {
    reason: [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
  });
}
