import type { FullReport } from '../../src/report/full-report.ts';
import { reportOf } from './report-of.ts';

/** A report with nothing of note in it, but for `rows` (see {@link reportOf}) and what is given. */
export function wholeReport(rows: string, given: Partial<FullReport> = {}): FullReport {
  const image = (reference: string, sizeBytes: number) => ({
    ...{ reference, id: 'sha256:0123456789abcdef', sizeBytes, layers: 1, files: 3, packages: 2 },
    ...{ setuidFiles: [], shells: [] },
  });
  const { kept, excluded, tree } = reportOf(rows);
  return {
    ...{ schemaVersion: 1, kind: 'slim', slimtraceVersion: '1.2.3', passed: true, durationMs: 12_000 },
    original: image('app:1', 900_000_000),
    slim: image('app:1-slim', 90_000_000),
    ...{ base: null, reduction: 0.9, push: null, budgets: [], drift: null, checksChosenByDefault: false },
    layers: [{ kind: 'all', diffId: 'sha256:aaaabbbbccccdddd', sizeBytes: 90_000_000, files: 3 }],
    checks: [plainCheck('http GET :80/=200')],
    ...{ containers: [], hardened: { runs: true, because: [] }, keptPackages: [], notes: [], costs: [] },
    remaining: { packageManagers: [], compilers: [], interpreters: [] },
    gone: { packages: [], setuidFiles: [], shells: [], packageManagers: [], compilers: [], interpreters: [] },
    packageRecords: { form: 'none', packages: 0, remarks: [] },
    healing: { rounds: [], missed: [] },
    confidence: { onStaticEvidence: { files: 0, bytes: 0 }, enumerated: [], doubts: [], unexercisedPorts: [] },
    posture: {
      user: { original: '', slim: '' },
      ...{ owners: [], remarks: [], secrets: [], worldWritable: { original: 0, slim: [] } },
    },
    confinement: { seccomp: null, apparmor: null },
    ...{ debug: null, output: null, dryRun: false, logs: null },
    ...{ kept, excluded, tree, fromBase: [], written: [] },
    ...given,
  };
}

/** A check that both images answered alike. */
export function plainCheck(check: string): FullReport['checks'][number] {
  return { scenario: null, check, kind: 'http', result: 'same', problem: null, differences: [], setAside: [] };
}
