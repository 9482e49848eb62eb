import { expect, test } from 'vitest';
import { finding } from '../../src/doctor/finding.ts';
import { type DoctorReport, renderDoctorReport } from '../../src/report/doctor-human.ts';
import { plainStyle } from '../../src/report/style.ts';

const report: DoctorReport = {
  schemaVersion: 1,
  kind: 'doctor',
  slimtraceVersion: '1.2.3',
  canSlim: true,
  engines: [
    {
      kind: 'docker',
      canTrace: true,
      findings: [finding('engine', 'ok', 'Docker answers'), finding('tracing', 'ok', 'seen')],
    },
    { kind: 'podman', canTrace: false, findings: [finding('engine', 'note', 'not installed', 'install it')] },
    { kind: 'embedded', canTrace: false, findings: [finding('tracing', 'problem', 'evil\u001b[2J', 'do\nthis')] },
  ],
  machine: [finding('temporary files', 'warning', '/tmp, 0.1 GB free', 'set TMPDIR')],
};

test('what doctor found, in words that move no cursor', () => {
  expect(renderDoctorReport(report, plainStyle)).toBe(`docker
  ok       engine   Docker answers
  ok       tracing  seen

podman
  note     engine  not installed
                   → install it

embedded
  problem  tracing  evil\\x1b[2J
                    → do\\nthis

this machine
  warning  temporary files  /tmp, 0.1 GB free
                            → set TMPDIR

ready: slimtrace 1.2.3 can slim images of docker here
`);
});

test('no engine', () => {
  const none = { ...report, canSlim: false, engines: report.engines.slice(1) };
  expect(renderDoctorReport(none, plainStyle)).toMatch(/\nno engine: slimtrace 1\.2\.3 can slim nothing here;.*\n$/);
});
