import { randomUUID } from 'node:crypto';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
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
import { outputAttempts } from '../../system/output-attempts.js';
import { type OutputFile, openOutputFile } from '../../system/output-file.js';
import { Resources } from '../../system/resources.js';
import { requireOwnFiles } from '../output-names.js';
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
  /** Writes everything that the platform and the flags ask for. Call it once, whatever the verdict. Throws `output-unwritable`. */
  write(report: CiReport): Promise<void>;
}

const files = ['junit', 'metrics', 'dotenv', 'markdown'] as const;
type FileKind = (typeof files)[number];

/** What GitLab's template collects. */
const gitlabFiles = { junit: 'slimtrace-junit.xml', metrics: 'slimtrace-metrics.txt', dotenv: 'slimtrace.env' };

/** GitHub's limit of a step's summary, and of a comment for which one may use `--markdown` (in bytes, to be sure). */
const mostSummaryBytes = 1_048_576;
const mostMarkdownBytes = 65_000;

/** Makes sure, before the work starts, that the files can be written. Throws `output-unwritable` and `usage`. */
export async function openPlatformOutputs(settings: PlatformSettings, host: Host): Promise<PlatformOutputs> {
  const platform = choosePlatform(settings.flags.platform, host.env);
  const paths: Partial<Record<FileKind, string>> = platform === 'gitlab' ? { ...gitlabFiles } : {};
  for (const kind of files) {
    const path = settings.flags[kind];
    if (path !== undefined) paths[kind] = path;
  }
  requireOwnFiles(
    files.flatMap((kind) => (paths[kind] === undefined ? [] : [{ flag: `--${kind}`, path: paths[kind] }])),
  );
  await using held = new Resources();
  const opened = new Map<FileKind, OutputFile>();
  for (const kind of files) {
    const path = paths[kind];
    if (path !== undefined) opened.set(kind, held.use(await openOutputFile(path)));
  }
  const resources = held.move();
  return {
    platform,
    async write(report) {
      const texts = renderFiles(report, settings, host);
      for (const [kind, file] of opened) await file.write((path) => writeFile(path, texts[kind]()));
      for (const file of opened.values()) await file.commit();
      if (platform === 'github') await tellGithub(report, settings, host);
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

async function tellGithub(report: CiReport, settings: PlatformSettings, host: Host): Promise<void> {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output } = host.env;
  if (summary) await append(summary, (written) => renderStepSummary(report, mostSummaryBytes - written));
  if (output) {
    const outputs = buildGithubOutputs(report, settings.reportFile ?? null);
    await append(output, () => renderGithubOutputs(outputs, `slimtrace-${randomUUID()}`));
  }
  writeWorkflowCommands(host.stderr, renderAnnotations(report, await locate(settings, host)));
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
  const text = await readFile(configurationFile, 'utf8').catch(() => undefined);
  return text === undefined || file.startsWith('..') || file.endsWith('.json') ? () => undefined : locateIn(text, file);
}
