import type { FullReport } from '../report/full-report.js';
import type { MarkdownPlace } from '../report/markdown-limits.js';
import type { SlimReport } from '../report/report.js';
import { attemptAll } from '../system/output-attempts.js';
import { type OutputFile, openOutputFile, writeWhole } from '../system/output-file.js';
import { Resources } from '../system/resources.js';

/** The files that a report can be written to, by what is in them. */
export interface ReportFlags {
  readonly report?: string;
  readonly html?: string;
  readonly markdown?: string;
}

/** Where a report goes. Leaving the scope leaves nothing but what was written. */
export interface ReportOutputs extends AsyncDisposable {
  /** Writes each of the files that can be written; all but Markdown need a report with its paths. Throws `output-unwritable`. */
  write(report: FullReport | SlimReport): Promise<void>;
}

/** Makes sure, before the work starts, that the files can be written. Throws `output-unwritable`. */
export async function openReportOutputs(flags: ReportFlags, place?: MarkdownPlace): Promise<ReportOutputs> {
  const named = Object.entries(renderers).flatMap(([flag, render]) => {
    const path = flags[flag as keyof ReportFlags];
    return path === undefined ? [] : [{ flag: `--${flag}`, path, render }];
  });
  await using held = new Resources();
  const files: { readonly file: OutputFile; readonly render: Render }[] = [];
  for (const { path, render } of named) files.push({ file: held.use(await openOutputFile(path)), render });
  const resources = held.move();
  return {
    async write(report) {
      const unwritten = await attemptAll(
        files.map(({ file, render }) => async () => {
          await writeWhole(file, await render(report as FullReport, place));
        }),
      );
      if (unwritten !== undefined) throw unwritten;
    },
    [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
  };
}

type Render = (report: FullReport, place: MarkdownPlace | undefined) => Promise<string>;

/** Loaded when they are needed: most runs write no page. */
const renderers: Readonly<Record<keyof ReportFlags, Render>> = {
  report: async (report) => `${JSON.stringify(report)}\n`,
  html: async (report) => {
    const { renderHtml } = await import('../report/html/render-html.js');
    const { readPageAssets } = await import('./page-assets.js');
    return renderHtml(report, await readPageAssets());
  },
  markdown: async (report, place) => {
    const { renderSlimMarkdown } = await import('../report/slim-markdown.js');
    return renderSlimMarkdown(report, place);
  },
};
