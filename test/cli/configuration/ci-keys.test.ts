import { Command } from 'commander';
import { expect, test } from 'vitest';
import { ciKeys } from '../../../src/cli/configuration/ci-keys.js';
import { addCi } from '../../../src/cli/declare-ci.js';

// Written beside the flags, not made from them: a key is a flag of `slimtrace ci`, but for the file of --resume.
test('every key below ci is a flag of slimtrace ci, with the same choices', () => {
  const program = new Command();
  addCi(program, {} as Parameters<typeof addCi>[1]);
  const options = new Map(program.commands[0]?.options.map((option) => [option.name(), option.argChoices]));
  const keys = ciKeys.filter(({ name }) => name !== 'state');
  expect(keys.length).toBeGreaterThan(8);
  for (const { name, choices } of keys) {
    expect([...options.keys()]).toContain(name);
    expect(choices, name).toEqual(options.get(name));
  }
});
