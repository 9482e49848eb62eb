import { dirname } from 'node:path';
import { type IgnoreSuggestion, requireContext, suggestIgnores } from '../../build/dockerfile/suggest-ignores.js';
import { parseTeamDockerfile, type TeamDockerfile } from '../../build/dockerfile/team-dockerfile.js';
import { type DockerfileRequest, dockerfileOf, openDockerfileSource } from '../../dockerfile-image.js';
import { SlimtraceError } from '../../errors.js';
import type { ImageConfig } from '../../image/image.js';
import { isWithinBudgets } from '../../report/budget-report.js';
import { formatBytes, printable, renderColumns } from '../../report/format.js';
import { type FullReport, withoutPaths } from '../../report/full-report.js';
import { renderSlimReport } from '../../report/slim-human.js';
import type { SlimResult } from '../../slim-result.js';
import { readGivenText } from '../../system/given-file.js';
import { openOutputFile, writeWhole } from '../../system/output-file.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-code.js';
import { openContext } from '../open-context.js';
import { requireOwnFiles } from '../output-names.js';
import { parseSourceDateEpoch } from '../parse-flags.js';
import { parseHealthcheck } from '../parse-result.js';
import { openProgress } from '../progress.js';
import { type SlimmingFlags, slimOnce } from '../slim-run.js';
import { inputsOf, outputsOf } from '../slimming-files.js';
import { styleFor } from '../terminal.js';
import { version } from '../version.js';

export type DockerfileFlags = SlimmingFlags & {
  readonly dockerfile?: string;
  readonly context?: string;
  readonly from?: string;
  readonly builder?: string;
};

/** What a run came to: no Dockerfile where the image isn't proved or exceeds a budget. */
interface Written {
  readonly report: FullReport;
  readonly text: string | undefined;
  readonly remarks: readonly string[];
  /** Lines for the `.dockerignore` of the team's own Dockerfile. */
  readonly ignores: readonly IgnoreSuggestion[];
  readonly unwritten: SlimtraceError | undefined;
}

interface Told {
  readonly flags: DockerfileFlags;
  readonly team: TeamDockerfile | undefined;
}

/** `slimtrace dockerfile`. Here `output` is where the Dockerfile goes; no image is left. */
export async function runDockerfile(
  image: string,
  command: readonly string[],
  flags: DockerfileFlags,
  context: CommandContext,
): Promise<void> {
  requireSensible(flags);
  requireOwnPlaces(image, flags);
  const team = flags.dockerfile === undefined ? undefined : await readTeamDockerfile(flags.dockerfile, context.signal);
  if (flags.context !== undefined) await requireContext(flags.context);
  await using file = flags.output === undefined ? undefined : await openOutputFile(flags.output);
  const written = await slimAndWrite(image, command, { flags, team }, context);
  const { text } = written;
  if (text !== undefined && file !== undefined) await writeWhole(file, text);
  if (flags.json === true) printJson(written, flags, context);
  else printText(written, flags, context);
  if (written.unwritten !== undefined) throw written.unwritten;
  context.exitWith(text === undefined ? exitCodes.negativeVerdict : exitCodes.good);
}

function requireSensible({ output, dockerfile, context, from, builder }: DockerfileFlags): void {
  const refuse = (problem: string, hint: string) => {
    throw new SlimtraceError('usage', { problem, hint });
  };
  for (const [flag, value] of Object.entries({ output, dockerfile, context, from, builder }))
    if (value === '') refuse(`--${flag} has no value`, 'give one, or leave it out');
  for (const [flag, value = ''] of Object.entries({ from, builder }))
    if (/\s/.test(value) || value.startsWith('-'))
      refuse(
        `--${flag} ${JSON.stringify(value)} is no name of an image`,
        'give it as FROM has it: NAME[:TAG][@DIGEST]',
      );
  if (dockerfile === undefined && context !== undefined)
    refuse('--context is for --dockerfile, and none is given', 'without it, the Dockerfile needs no context at all');
  if (dockerfile !== undefined && from !== undefined)
    refuse('--from says where the image comes from, and so does --dockerfile', 'give one of them');
}

/** The team's Dockerfile may be written to itself: nothing of it is lost. */
function requireOwnPlaces(image: string, { output, ...flags }: DockerfileFlags): void {
  const { dockerfile } = flags;
  const asked = { image, flags: { ...flags, dryRun: true as const } };
  const written = [...(output === undefined ? [] : [{ flag: '--output', path: output }]), ...outputsOf(asked)];
  requireOwnFiles(written, inputsOf(asked));
  const others = written.filter(({ flag }) => flag !== '--output');
  if (dockerfile !== undefined) requireOwnFiles(others, [{ flag: '--dockerfile', path: dockerfile }]);
}

async function readTeamDockerfile(file: string, signal: AbortSignal): Promise<TeamDockerfile> {
  return parseTeamDockerfile(await readGivenText(file, { signal }), file);
}

async function slimAndWrite(
  image: string,
  command: readonly string[],
  { flags, team }: Told,
  context: CommandContext,
): Promise<Written> {
  const { env } = context.host;
  using progress = openProgress(context.host, flags.quiet === true);
  await using opened = await openContext(context, progress.emit, flags);
  const engine = await opened.engineOf(image);
  const request: DockerfileRequest = {
    reference: image,
    healthcheck: parseHealthcheck(flags),
    builder: flags.builder,
    team,
    version,
    sourceDateEpoch: parseSourceDateEpoch(env.SOURCE_DATE_EPOCH),
  };
  const source = await openDockerfileSource(request, flags.from, engine);
  const { output: _output, ...others } = flags;
  // Nothing is published, but an image that has no name of its own still needs one to be planned by.
  const slimming = { ...others, tag: 'slimtrace/dockerfile', dryRun: true } as const;
  const run = await slimOnce({ image, command, flags: slimming }, { env, opened, emit: progress.emit });
  const { report, result, unwritten } = run;
  if (!report.passed || !isWithinBudgets(report))
    return { report, text: undefined, remarks: [], ignores: [], unwritten };
  const { lines, remarks } = await dockerfileOf(result, source, request, engine);
  const ignores = await suggestLines(result, source.image.config, { flags, team });
  return { report, text: team === undefined ? `${lines.join('\n')}\n` : team.add(lines), remarks, ignores, unwritten };
}

async function suggestLines(
  { tree, composition }: SlimResult,
  { WorkingDir: workingDirectory = '/' }: ImageConfig,
  { flags: { dockerfile, context }, team }: Told,
): Promise<readonly IgnoreSuggestion[]> {
  if (team === undefined || dockerfile === undefined) return [];
  const kept = new Set<string>(composition.entries.map(({ path }) => path));
  return await suggestIgnores({
    directory: context ?? dirname(dockerfile),
    dockerfile,
    instructions: team.instructions,
    original: tree,
    isKept: (path) => kept.has(path),
    workingDirectory,
  });
}

function printText(
  { report, text, remarks, ignores }: Written,
  { output, quiet }: DockerfileFlags,
  { host }: CommandContext,
): void {
  if (text === undefined) {
    host.stderr.write(renderSlimReport(withoutPaths(report), styleFor(host.stderr, host.env), { explainSize: false }));
    return;
  }
  for (const remark of remarks) host.stderr.write(`warning: ${printable(remark)}\n`);
  if (output === undefined) host.stdout.write(text);
  if (quiet === true) return;
  const { original, slim, checks } = report;
  const size = `${formatBytes(slim.sizeBytes)} instead of ${formatBytes(original.sizeBytes)}`;
  if (ignores.length > 0) {
    const rows = ignores.map(({ pattern, because, sizeBytes }) => [
      `  ${printable(pattern)}`,
      formatBytes(sizeBytes),
      printable(because),
    ]);
    host.stderr.write(`what .dockerignore could name:\n${renderColumns(rows, new Set([1]))}\n`);
  }
  host.stderr.write(`proved by ${checks.length} ${checks.length === 1 ? 'check' : 'checks'}: ${size}\n`);
}

function printJson(
  { report, text, remarks, ignores }: Written,
  { output }: DockerfileFlags,
  { host }: CommandContext,
): void {
  const { checks, budgets, original, slim, notes } = report;
  const result = {
    schemaVersion: 1,
    kind: 'dockerfile',
    slimtraceVersion: version,
    passed: text !== undefined,
    original,
    slim,
    checks,
    budgets,
    notes,
    dockerfile: text ?? null,
    output: text === undefined ? null : (output ?? null),
    remarks,
    dockerignore: ignores,
  };
  host.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
}
