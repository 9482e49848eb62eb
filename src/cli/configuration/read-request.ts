import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { SlimtraceError } from '../../errors.js';
import { parseArchiveReference, renderArchiveReference, slimArchiveReference } from '../../image/archive/reference.js';
import { slimName } from '../../image/name.js';
import { printable } from '../../report/format.js';
import type { CommandContext } from '../command-context.js';
import type { RunFlags, ScenarioFlags } from '../flags.js';
import type { Configuration, ConfiguredImage } from './read-configuration.js';

/** What a command about one image is asked for: its flags, and where they say nothing, the configuration's. */
export interface ConfiguredRequest<Flags> {
  readonly image: string;
  readonly command: readonly string[];
  readonly flags: Flags;
  /** The lock that the configuration names; undefined where it names none. */
  readonly lockFile?: string | undefined;
}

type ConfigFlags = RunFlags & { readonly config?: string | false; readonly quiet?: true };

/** Where the configuration is when nobody says so. */
const usualFiles = ['slimtrace.yaml', 'slimtrace.yml'] as const;

/** The configuration in the working directory; undefined when there is none. */
export function findConfiguration(): string | undefined {
  return usualFiles.find((file) => existsSync(file));
}

/**
 * Reads the request of a command `[image] [command...]` that was parsed. Those settings of the configuration apply whose
 * flags the command has, but for `others`: flags that mean something else here. Throws `usage` and `config-invalid`.
 */
export async function readRequest<Flags>(
  command: Command,
  context: CommandContext,
  others: readonly string[] = [],
): Promise<ConfiguredRequest<Flags>> {
  const [[image, ...more], words] = splitOperands(command, context);
  const { file, configured } = await findImage(image, command, context);
  if (configured === undefined) {
    if (image === undefined) throw noImage(command);
    return { image, command: [...more, ...words], flags: { ...command.opts(), config: file } as Flags };
  }
  const given = [...more, ...words];
  return {
    image: configured.image,
    command: given.length > 0 ? given : configured.command,
    flags: { ...mergeFlags(command, configured, new Set(others)), config: file } as Flags,
    lockFile: configured.flags.lock,
  };
}

/** {@link readRequest} of `[original] [slim] [command...]`; without SLIM, it is what `slim` calls its result. */
export async function readVerifyRequest<Flags>(
  command: Command,
  context: CommandContext,
): Promise<ConfiguredRequest<Flags> & { readonly slim: string }> {
  const [[original, slim, ...more], words] = splitOperands(command, context);
  const { configured } = await findImage(original, command, context);
  const image = configured?.image ?? original;
  if (image === undefined) throw noImage(command);
  const given = [...more, ...words];
  return {
    image,
    slim: slim ?? nameOfSlim(image, configured),
    command: given.length > 0 || configured === undefined ? given : configured.command,
    flags: (configured === undefined ? command.opts() : mergeFlags(command, configured, new Set())) as Flags,
  };
}

/** Operands before `--` and after it; commander's own lists don't tell which are which. */
function splitOperands({ args }: Command, { host }: CommandContext): [before: string[], after: string[]] {
  const line = host.argv.slice(2);
  const dashes = line.indexOf('--');
  const after = dashes === -1 ? 0 : line.length - dashes - 1;
  const cut = Math.max(args.length - after, 0);
  return [args.slice(0, cut), args.slice(cut)];
}

function noImage(command: Command): SlimtraceError {
  return new SlimtraceError('usage', {
    problem: 'no image is named, and there is no slimtrace.yaml here',
    hint: `give one (slimtrace ${command.name()} IMAGE), or write a configuration (slimtrace init)`,
  });
}

/** The configuration that is there, and the image of it that is meant; undefined when the flags alone say what to do. */
async function findImage(
  image: string | undefined,
  command: Command,
  { host, signal }: CommandContext,
): Promise<{ readonly file?: string; readonly configured?: ConfiguredImage | undefined }> {
  const { config, quiet } = command.opts<ConfigFlags>();
  const file = config === false ? undefined : (config ?? findConfiguration());
  if (file === undefined) return {};
  const { readConfiguration } = await import('./read-configuration.js');
  const configuration = await readConfiguration(file, { env: host.env, only: image, signal });
  const found = image === undefined ? onlyImage(configuration) : namedImage(image, configuration);
  if (found === undefined && config !== undefined) throw notThere(image ?? '', configuration);
  const isQuiet = quiet === true || found?.flags.quiet === true;
  if (found !== undefined && !isQuiet) host.stderr.write(`configuration: ${printable(file)} (${found.name})\n`);
  return { file, configured: found };
}

function onlyImage({ file, images }: Configuration): ConfiguredImage | undefined {
  const [only, ...rest] = images;
  if (rest.length === 0) return only;
  throw new SlimtraceError('usage', {
    problem: `which image? ${file} has ${images.length}`,
    hint: `name one of: ${images.map(({ name }) => name).join(', ')}; slimtrace ci takes them all`,
  });
}

/** By its key, else by its reference. */
function namedImage(image: string, { file, images }: Configuration): ConfiguredImage | undefined {
  const keyed = images.find(({ name }) => name === image);
  const [found, ...rest] = images.filter((one) => one.image === image);
  if (keyed !== undefined || rest.length === 0) return keyed ?? found;
  throw new SlimtraceError('usage', {
    problem: `${file} has several settings for ${image}`,
    hint: `name one of: ${[found, ...rest].map((one) => one?.name).join(', ')}`,
  });
}

function notThere(image: string, { file, images }: Configuration): SlimtraceError {
  return new SlimtraceError('usage', {
    problem: `${file} has no image ${image}`,
    hint: `it has ${images.map(({ name }) => name).join(', ')}`,
  });
}

/** What was given on the command line wins; then what the configuration says; then the flags' defaults. */
function mergeFlags(command: Command, { flags, said }: ConfiguredImage, others: ReadonlySet<string>): object {
  const given = command.opts<Record<string, unknown> & RunFlags>();
  const configured = flags as unknown as Readonly<Record<string, unknown>>;
  const merged: Record<string, unknown> = { ...given, runs: mergeRuns(given.runs, flags.runs) };
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  for (const option of command.options) {
    const name = option.attributeName();
    const isAnswered = isGiven(name) || alternatives.some((one) => one.includes(name) && one.some(isGiven));
    if (!isAnswered && said.has(name) && !others.has(name)) merged[name] = configured[name];
  }
  return merged;
}

/** Flags of which one stands for the others too. */
const alternatives: readonly (readonly string[])[] = [['trace', 'lock']];

/** Flags before the first `--scenario` replace the configuration's one by one, scenarios replace its scenarios. */
function mergeRuns([shared, ...named]: RunFlags['runs'], [ofFile, ...namedInFile]: RunFlags['runs']) {
  const both: ScenarioFlags = { ...ofFile, ...shared };
  return [both, ...(named.length > 0 ? named : namedInFile)];
}

function nameOfSlim(image: string, configured: ConfiguredImage | undefined): string {
  const { tag, output } = configured?.flags ?? {};
  const archive = parseArchiveReference(image);
  if (archive === undefined) return tag ?? slimName(image, []);
  return output ?? renderArchiveReference(slimArchiveReference(archive));
}
