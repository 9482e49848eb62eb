import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { RunFlags } from '../../src/cli/flags.js';
import { addRunOptions } from '../../src/cli/options.js';
import { parseHealRounds, parseScenarios } from '../../src/cli/parse-flags.js';
import { runInProcess } from './run-in-process.ts';

function parse(...args: string[]) {
  let parsed: ReturnType<typeof parseScenarios> = [];
  const command = new Command('slim').argument('<image>').argument('[command...]').exitOverride();
  addRunOptions(command).action((_: string, words: string[], flags: RunFlags) => {
    parsed = parseScenarios(flags, words);
  });
  command.parse(['node', 'slim', 'image', ...args]);
  return parsed;
}

describe('scenarios', () => {
  test('without one there is one of the name default', () => {
    expect(parse('--http', '/', '--env', 'A=1', '--', 'serve')).toMatchObject([
      {
        name: 'default',
        run: { env: ['A=1'], command: ['serve'] },
        checks: { http: [{ path: '/' }], exit: undefined },
      },
    ]);
  });

  test('what comes after --scenario is its own, what comes before the first holds for all', () => {
    const [web, job] = parse(
      ...['--env', 'ALL=1', '--run-user', '1', '--exec', 'true'],
      ...['--scenario', 'web', '--http', '/', '--port', '80', '--env', 'MODE=web'],
      ...['--scenario', 'job', '--command', "python3 -m 'the job'", '--run-user', '2', '--exit=3'],
    );
    expect(web).toMatchObject({
      name: 'web',
      run: { env: ['ALL=1', 'MODE=web'], user: '1', command: [] },
      checks: { http: [{ path: '/' }], ports: [80], exec: [['true']], exit: undefined },
    });
    expect(job).toMatchObject({
      name: 'job',
      run: { env: ['ALL=1'], user: '2', command: ['python3', '-m', 'the job'] },
      checks: { http: [], ports: [], exec: [['true']], exit: 3 },
    });
  });

  test('the command after -- is of those that name none', () => {
    const scenarios = parse('--scenario', 'a', '--scenario', 'b', '--command', 'other', '--exit', '--', 'shared', 'x');
    expect(scenarios.map(({ run, checks }) => [run.command, checks.exit])).toEqual([
      [['shared', 'x'], undefined],
      [['other'], 0],
    ]);
  });

  test.each([
    [['--scenario', 'a b'], '--scenario "a b" is not a name'],
    [['--scenario', 'a', '--scenario', 'a'], '--scenario a is given twice'],
    [['--command', 'x'], '--command is for a --scenario'],
    [['--heal-rounds', 'many'], '--heal-rounds "many" is not a number'],
    [['--without', 'pyton'], '--without "pyton" is neither a defence nor a pack'],
  ])('%j is refused', async (args, problem) => {
    const { exitCode, stderr } = await runInProcess(['slim', 'image', ...args]);
    expect(stderr).toContain(problem);
    expect(exitCode).toBe(2);
  });
});

test.each([
  [{ healRounds: '5' }, [], 5],
  [{ healRounds: '0' }, [], 0],
  [{ healRounds: '3', heal: false }, [], 0],
  [{ healRounds: '3' }, ['healing'], 0],
  [{ healRounds: '3' }, ['all'], 0],
  [{ healRounds: '3' }, ['python'], 3],
])('%j without %j heals %i times', (flags, without, rounds) => {
  expect(parseHealRounds(flags, new Set(without))).toBe(rounds);
});
