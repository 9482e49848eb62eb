import { expect, test } from 'vitest';
import { findPrograms } from '../../src/image/programs.js';
import { treeOf } from './tree-of.js';

test('programs by their plain names, wherever they are installed', () => {
  const executable = { mode: 0o755 };
  const tree = treeOf({
    '/usr/bin/apt-get': executable,
    '/usr/bin/gcc': { linkTarget: 'gcc-12' },
    '/usr/bin/x86_64-linux-gnu-g++-12': executable,
    '/usr/bin/arm-linux-gnueabihf-cpp': executable,
    '/usr/local/bin/python3.11': executable,
    '/usr/bin/nodejs': { linkTarget: 'node' },
    '/usr/bin/perl5.36-x86_64-linux-gnu': executable,
    '/usr/lib/jvm/java-17/bin/javac': executable,
    '/opt/app/bin/pip': {},
    '/usr/share/doc/gcc': executable,
    '/app/bin/server': executable,
    '/bin': { linkTarget: 'usr/bin' },
  });
  expect(findPrograms(tree.entries())).toEqual({
    packageManagers: ['apt-get'],
    compilers: ['cpp', 'g++', 'gcc', 'javac'],
    interpreters: ['node', 'python'],
  });
});
