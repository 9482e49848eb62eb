import type { CiImage, CiReport } from '../../../src/report/ci/ci-report.ts';
import type { ReportedCheck, SlimReport } from '../../../src/report/report.ts';

/** A pipeline's report of these images; passed when all of them are. */
export function ciReportOf(images: readonly CiImage[]): CiReport {
  const passed = images.every(({ outcome }) => outcome === 'passed');
  return { schemaVersion: 1, kind: 'ci', slimtraceVersion: '0.1.0', passed, images, durationMs: 61_500 };
}

/** A proved image of 909 MB that is 98.6 MB now, but for what is said of it. */
export function ciImageOf(parts: Partial<CiImage> = {}): CiImage {
  return {
    name: 'web',
    reference: 'example/web:1.0',
    outcome: 'passed',
    isResumed: false,
    report: slimReportOf(),
    budgets: [],
    accepted: null,
    acceptedDelta: null,
    drift: [],
    problem: null,
    durationMs: 30_250,
    ...parts,
  };
}

/** What the renderers for pipelines read of a report. */
export function slimReportOf(parts: Partial<SlimReport> = {}): SlimReport {
  const figures = { layers: 1, setuidFiles: [], shells: [], packages: 12 };
  return {
    passed: true,
    original: {
      ...figures,
      reference: 'example/web:1.0',
      id: `sha256:${'a'.repeat(64)}`,
      sizeBytes: 909e6,
      files: 31_000,
    },
    slim: {
      ...figures,
      reference: 'example/web:1.0-slim',
      id: `sha256:${'b'.repeat(64)}`,
      sizeBytes: 98.6e6,
      files: 1234,
    },
    reduction: 1 - 98.6 / 909,
    checks: [checkOf()],
    containers: [{ scenario: null, differences: [], setAside: [], remarks: [] }],
    confinement: { seccomp: null, apparmor: null },
    notes: [],
    ...parts,
  } as unknown as SlimReport;
}

export function checkOf(parts: Partial<ReportedCheck> = {}): ReportedCheck {
  return {
    scenario: null,
    check: 'GET /',
    kind: 'http',
    result: 'same',
    problem: null,
    differences: [],
    setAside: [],
    ...parts,
  };
}

/** A name that would like to be markup, a command, an element, a mention, a link, a row and a column. */
export const hostileName =
  'x|y `z` <b>*</b> @team #1 ]]> "q" \'s\' a\\|b ::error::own ##[set-output name=image]evil \u001b[31m \u202e \n::notice::two';

/** An image everything of which an attacker has named. */
export function hostileImage(): CiImage {
  return ciImageOf({
    name: hostileName,
    outcome: 'failed',
    report: slimReportOf({
      passed: false,
      checks: [
        checkOf({
          scenario: hostileName,
          check: hostileName,
          result: 'different',
          problem: hostileName,
          differences: [{ field: hostileName, original: hostileName, slim: `${hostileName}\udc80\0` }],
        }),
      ],
      notes: [hostileName],
    }),
    budgets: [
      {
        budget: `forbid-path ${hostileName}`,
        passed: false,
        limit: hostileName,
        actual: hostileName,
        offenders: [hostileName],
      },
    ],
    drift: [`- ${hostileName}`],
    problem: { message: hostileName, because: [hostileName], hint: hostileName, exitCode: 3 },
  });
}
