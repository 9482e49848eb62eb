import type { CiImage, CiReport } from './ci-report.js';
import { type Finding, findingsOf } from './findings.js';

/**
 * A JUnit report: each image a suite, each check, each budget and the lock a case. GitLab knows a case by its class and
 * name, and only the first of that name, so names are unique within an image.
 */
export function renderJunit({ images, durationMs }: CiReport): string {
  const suites = images.map((image) => ({ image, findings: nameUniquely(findingsOf(image)) }));
  const all = suites.flatMap(({ findings }) => findings);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="slimtrace"${renderCounts(all, durationMs)}>`,
    ...suites.flatMap(({ image, findings }) => renderSuite(image, findings)),
    '</testsuites>\n',
  ].join('\n');
}

function renderSuite({ name, durationMs }: CiImage, findings: readonly Finding[]): string[] {
  return [
    `  <testsuite name="${escapeXml(name)}"${renderCounts(findings, durationMs)}>`,
    ...findings.map((finding) => renderCase(name, finding)),
    '  </testsuite>',
  ];
}

function renderCounts(findings: readonly Finding[], durationMs: number): string {
  const count = (wanted: Finding['result']) => findings.filter(({ result }) => result === wanted).length;
  const counts = `tests="${findings.length}" failures="${count('failed')}" errors="${count('error')}"`;
  return ` ${counts} skipped="${count('no-evidence')}" time="${(durationMs / 1000).toFixed(3)}"`;
}

const elements = { failed: 'failure', error: 'error', 'no-evidence': 'skipped' } as const;

function renderCase(image: string, { result, name, lines }: Finding): string {
  const head = `    <testcase classname="${escapeXml(image)}" name="${escapeXml(name)}"`;
  if (result === 'passed') return `${head}/>`;
  const element = elements[result];
  const [first = ''] = lines;
  const text = lines.map(escapeXml).join('\n');
  return `${head}><${element} message="${escapeXml(first)}">${text}</${element}></testcase>`;
}

function nameUniquely(findings: readonly Finding[]): readonly Finding[] {
  const used = new Set<string>();
  return findings.map((finding) => {
    let name = finding.name;
    for (let count = 2; used.has(name); count++) name = `${finding.name} (${count})`;
    used.add(name);
    return { ...finding, name };
  });
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What XML 1.0 has no way to write (its production `Char`) becomes U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
