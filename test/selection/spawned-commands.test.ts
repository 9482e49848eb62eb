import { expect, test } from 'vitest';
import { spawnedCommands } from '../../src/selection/spawned-commands.js';

const program = (name: string) => ({ kind: 'program', name });
const shell = (script: string) => ({ kind: 'shell', script });

test.each([
  ['py', 'import subprocess\nsubprocess.run(["git", "--version"])', program('git')],
  ['py', 'import subprocess\nsubprocess.check_output("echo a | sort", shell=True)', shell('echo a | sort')],
  ['py', 'import os\nos.system("date -u")', shell('date -u')],
  ['js', 'require("child_process").execSync("ls | wc -l")', shell('ls | wc -l')],
  ['mjs', 'import { spawn } from "node:child_process"; spawn("git", [])', program('git')],
  ['rb', 'def f = `echo hi | tr a-z A-Z`', shell('echo hi | tr a-z A-Z')],
  ['rb', 'require "open3"; Open3.capture2("cat")', program('cat')],
  ['php', '<?php shell_exec("echo hi | cat");', shell('echo hi | cat')],
  ['pl', 'my $x = qx{uname -a};', shell('uname -a')],
])('of .%s: %s', (language, source, expected) => {
  expect(spawnedCommands(source, language)).toContainEqual(expected);
});

test.each([
  ['js', 'import "child_process"; /x/.exec("sort"); regex.exec("sort")'],
  ['php', '<?php $pdo->exec("sort"); curl_exec($x);'],
  ['py', 'app.run("sort")'],
])('nothing that only looks like one, of .%s: %s', (language, source) => {
  expect(spawnedCommands(source, language)).toEqual([]);
});
