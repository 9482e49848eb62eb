import { randomUUID } from 'node:crypto';
import { appendFile, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { type Locate, renderAnnotations } from '../../report/ci/annotations.js';
import type { CiReport } from '../../report/ci/ci-report.js';
import { locateIn } from '../../report/ci/configuration-lines.js';
import { renderDotenv } from '../../report/ci/dotenv.js';
import { buildGithubOutputs, renderGithubOutputs } from '../../report/ci/github-outputs.js';
import { renderJunit } from '../../report/ci/junit.js';
import { renderMetrics } from '../../report/ci/metrics.js';
import { renderStepSummary } from '../../report/ci/step-summary.js';
import { printable } from '../../report/format.js';
import { readGivenText } from '../../system/given-file.js';
import { attemptAll, outputAttempts } from '../../system/output-attempts.js';
import { type OutputFile, openOutputFile, writeWhole } from '../../system/output-file.js';
import { Resources } from '../../system/resources.js';
import type { Host } from '../terminal.js';
import { writeWorkflowCommands } from '../workflow-commands.js';
import type { Platform, PlatformFlags } from './platform-options.js';

export interface PlatformSettings {
  readonly flags: PlatformFlags;
  /** Where the JSON report goes (`--report`), for outputs that name it. */
  readonly reportFile: string | undefined;
  /** The configuration, which annotations point at. */
  readonly configurationFile: string | undefined;
}

/** Where a pipeline reads what came of its images. Leaving the scope leaves nothing but what was written. */
export interface PlatformOutputs extends AsyncDisposable {
  readonly platform: Platform;
  /**
   * Writes everything that the platform and the flags ask for, and that can be written. Call it once, whatever the verdict.
   * Throws `output-unwritable`.
   */
  write(report: CiReport): Promise<void>;
}

const kinds = ['junit', 'metrics', 'dotenv', 'markdown'] as const;
type FileKind = (typeof kinds)[number];

/** What GitLab's template collects. */
const gitlabFiles = { junit: 'slimtrace-junit.xml', metrics: 'slimtrace-metrics.txt', dotenv: 'slimtrace.env' };

/** GitHub's limit of a step's summary, and of a comment for which one may use `--markdown` (in bytes, to be sure). */
const mostSummaryBytes = 1_048_576;
const mostMarkdownBytes = 65_000;

/** The files that are to be written, by what is in them: those that were named, and the platform's own. */
export function platformFiles(flags: PlatformFlags, env: Host['env']): ReadonlyMap<FileKind, string> {
  const usual: Partial<Record<FileKind, string>> = choosePlatform(flags.platform, env) === 'gitlab' ? gitlabFiles : {};
  return new Map(
    kinds.flatMap((kind) => {
      const path = flags[kind] ?? usual[kind];
      return path === undefined ? [] : [[kind, path] as const];
    }),
  );
}

/** Makes sure, before the work starts, that the files can be written. Throws `output-unwritable`. */
export async function openPlatformOutputs(settings: PlatformSettings, host: Host): Promise<PlatformOutputs> {
  const platform = choosePlatform(settings.flags.platform, host.env);
  await using held = new Resources();
  const opened = new Map<FileKind, OutputFile>();
  for (const [kind, path] of platformFiles(settings.flags, host.env))
    opened.set(kind, held.use(await openOutputFile(path)));
  const resources = held.move();
  return {
    platform,
    async write(report) {
      const texts = renderFiles(report, settings, host);
      const unwritten = await attemptAll([
        ...[...opened].map(
          ([kind, file]) =>
            () =>
              writeWhole(file, texts[kind]()),
        ),
        ...(platform === 'github' ? tellGithub(report, settings, host) : []),
      ]);
      if (unwritten !== undefined) throw unwritten;
    },
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };
}

function choosePlatform(wanted: PlatformFlags['platform'], env: Host['env']): Platform {
  if (wanted !== 'auto') return wanted;
  if (env.GITHUB_ACTIONS === 'true') return 'github';
  return env.GITLAB_CI === 'true' ? 'gitlab' : 'plain';
}

function renderFiles(
  report: CiReport,
  { reportFile }: PlatformSettings,
  host: Host,
): Readonly<Record<FileKind, () => string>> {
  return {
    junit: () => renderJunit(report),
    metrics: () => renderMetrics(report),
    markdown: () => renderStepSummary(report, mostMarkdownBytes),
    dotenv: () => {
      const { text, leftOut } = renderDotenv(report, reportFile ?? null);
      const names = leftOut.map(printable).join(', ');
      if (leftOut.length > 0)
        host.stderr.write(`warning: no variable for ${names}: GitLab takes 20 in all, each of its own name\n`);
      return text;
    },
  };
}

function tellGithub(report: CiReport, settings: PlatformSettings, host: Host): readonly (() => Promise<void>)[] {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output } = host.env;
  return [
    async () => {
      if (summary) await append(summary, (written) => renderStepSummary(report, mostSummaryBytes - written));
    },
    async () => {
      const outputs = buildGithubOutputs(report, settings.reportFile ?? null);
      if (output) await append(output, () => renderGithubOutputs(outputs, `slimtrace-${randomUUID()}`));
    },
    async () => writeWorkflowCommands(host.stderr, renderAnnotations(report, await locate(settings, host))),
  ];
}

/** Adds to a file that others write to as well; `render` is told how many bytes it has. */
async function append(file: string, render: (written: number) => string): Promise<void> {
  await outputAttempts(file).attempt(async () => {
    const written = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    await appendFile(file, render(written));
  });
}

/** Annotations stand in the repository: not in a file outside of it, nor in JSON, which a program wrote (action/slim.sh). */
async function locate({ configurationFile }: PlatformSettings, host: Host): Promise<Locate> {
  if (configurationFile === undefined) return () => undefined;
  const file = relative(resolve(host.env.GITHUB_WORKSPACE || '.'), resolve(configurationFile));
  // Read by the command before; when it is gone by now, annotations just stand nowhere.
  const text = await readGivenText(configurationFile).catch(() => undefined);
  return text === undefined || file.startsWith('..') || file.endsWith('.json') ? () => undefined : locateIn(text, file);
}
