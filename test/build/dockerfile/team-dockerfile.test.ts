import { expect, test } from 'vitest';
import { freeStage, parseTeamDockerfile } from '../../../src/build/dockerfile/team-dockerfile.ts';

const parse = (text: string) => parseTeamDockerfile(text, 'Dockerfile');
const written = parse('FROM a\n').add(['FROM fat AS slim']);
const lastLine = written.slice(written.lastIndexOf('# ----'));

test('the last stage gets a name, and everything else stays byte for byte', () => {
  const text =
    '# syntax=x\nARG V=1\nFROM a:$V AS build\nRUN x\n\nFROM  --platform=linux/amd64 b:2  \nCOPY --from=build /x /\n';
  const team = parse(text);
  expect([team.last, [...team.stages], team.instructions]).toEqual([
    'fat',
    ['build', 'fat'],
    ['RUN x', 'COPY --from=build /x /'],
  ]);
  const added = team.add(['FROM scratch']);
  expect(added.startsWith(text.replace('b:2  \n', 'b:2 AS fat  \n'))).toBe(true);
  expect(added.endsWith('until here ----\n')).toBe(true);
});

test('run on its own result it replaces what it wrote, and keeps what stands behind', () => {
  const once = parse('FROM a\n').add(['FROM scratch AS slim']);
  expect(parse(once).add(['FROM scratch AS slim'])).toBe(once);
  expect(parse(`${once}# theirs\n`).add(['FROM other'])).toBe(
    `${once.replace('FROM scratch AS slim', 'FROM other')}# theirs\n`,
  );
});

test.each([
  ['a name that is there already', 'FROM a AS Final\nRUN x', 'Final'],
  ['fat is taken by another stage', 'FROM a AS fat\nFROM b\n', 'slimtrace-fat'],
  ['a FROM in a here-document is none', 'FROM a AS x\nRUN <<EOF\nFROM b AS y\nEOF\n', 'x'],
  [
    'one with tabs, quotes and a second behind it',
    'FROM a AS x\nCOPY <<-"A" <<B /\nFROM b AS y\n\tA\nFROM c AS z\nB\nFROM d AS w\n',
    'w',
  ],
  ['what only looks like one', 'FROM a AS x\nRUN echo "a <<EOF b"\nFROM b AS y\n', 'y'],
  ['a line that goes on, with a comment and a blank line in it', 'FROM \\\n# FROM no AS no\n\n a AS x\n', 'x'],
  ['the other escape character', '# escape=`\nFROM a AS x\nRUN dir C:\\\nFROM b AS y\n', 'y'],
  ['a comment that comes too late for a directive', '# hello\n# escape=`\nFROM a AS x\nRUN x \\\nFROM b AS y\n', 'x'],
  ['a backslash that is escaped', 'FROM a AS x\nRUN x \\\\\nFROM b AS y\n', 'y'],
])('%s', (_, text, last) => {
  expect(parse(text).last).toBe(last);
});

test('a FROM over several lines is named at its end', () => {
  expect(parse('FROM \\\n  a:1 \nRUN x\n').add([])).toContain('FROM \\\n  a:1 AS fat \nRUN x\n');
});

test('line ends stay what they are, and a last line without one gets one', () => {
  const added = parse('FROM a\r\nRUN x').add(['FROM b']);
  expect(added.split('\n').slice(0, 3)).toEqual(['FROM a AS fat\r', 'RUN x\r', '\r']);
  expect(added.split('\n').filter((line) => line !== '' && !line.endsWith('\r'))).toEqual([]);
  expect(parse(added).add(['FROM b'])).toBe(added);
});

test.each([
  ['# nothing\n', 'has no FROM'],
  ['FROM a\nRUN x \\', 'ends in the middle of an instruction'],
  [
    parse('FROM a\n')
      .add([])
      .replace(/.*until here.*\n/, ''),
    'and not the one that ends it (line 3)',
  ],
  [
    `${written}${written.slice(written.indexOf('# ----'))}`,
    'has several lines that begin what slimtrace wrote (lines 3 and 6)',
  ],
  [`${written}${lastLine}`, 'has several lines that end what slimtrace wrote (lines 5 and 6)'],
  [`FROM a\n${lastLine}`, 'and none before it that begins it (line 2)'],
  [`FROM a\n${lastLine}${written.slice(written.indexOf('# ----'), -lastLine.length)}`, 'none before it that begins it'],
  [`${written}RUN x \\`, 'ends in the middle of an instruction'],
])('%j is refused', (text, problem) => {
  expect(() => parse(text)).toThrow(problem);
});

test('what stands behind the stages that slimtrace wrote is read too', () => {
  expect(parse(written).behind).toBeUndefined();
  expect(parse(`${written}# theirs\nARG x\n`).behind).toBeUndefined();
  const team = parse(
    `# escape=\`\n${written}FROM slim AS Debug\nCOPY \`\n  late /\nRUN <<END\ncat data\nEND\nFROM slim AS last\n`,
  );
  expect(team.behind).toBe('the stage last');
  expect([...team.stages].sort()).toEqual(['debug', 'fat', 'last']);
  expect(team.instructions).toEqual(['COPY   late /', 'RUN <<END\ncat data\nEND']);
  expect(parse(`${written}FROM b\n`).behind).toBe('a stage without a name');
  // The stage that is named by us takes no name that is behind.
  expect(parse(`${written.replace(' AS fat', '')}FROM b AS fat\n`).last).toBe('slimtrace-fat');
});

test('a name that no stage has', () => {
  expect(freeStage('slim', new Set(['slim', 'slimtrace-slim', 'slimtrace-slim-2']))).toBe('slimtrace-slim-3');
});
