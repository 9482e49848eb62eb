import type { FileTree } from '../../image/file-tree.js';
import { baseName, type ImagePath } from '../../image/path.js';
import { type JavaHome, javaHomeOf } from '../java/java-home.js';
import type { Rule, Want } from '../rule.js';

/** Native libraries and programs that the virtual machine or the classes of java.base and java.management load late. */
const lateLibraries = [
  'libextnet.so',
  'libjimage.so',
  'libmanagement.so',
  'libmanagement_ext.so',
  'libnet.so',
  'libnio.so',
  'libverify.so',
  'libzip.so',
  'jspawnhelper',
];

/** Files below the home that are read when they are first needed; a directory stands for all in it. */
const lateFiles = [
  'release',
  'lib/jvm.cfg',
  'lib/modules',
  'lib/tzdb.dat',
  'lib/security',
  'conf',
  // Java 8
  'lib/rt.jar',
  'lib/jce.jar',
  'lib/jsse.jar',
  'lib/charsets.jar',
  'lib/resources.jar',
  'lib/ext',
  'lib/net.properties',
  'lib/logging.properties',
  'lib/currency.data',
];

/**
 * Settings of what has to be switched on to be used at all, words for people, and the list of public suffixes, without
 * which a certificate's wildcard is only checked less strictly (sun.security.util.DomainName).
 */
const leftOut = /\/(?:management\/|README|public_suffix_list\.dat$|(?:sound|swing|accessibility)\.properties$)/;

/** What a Java runtime whose virtual machine is kept reads or loads late: its modules, security settings, own libraries. */
export const javaRuntime: Rule = {
  name: 'java-runtime',
  defence: 'java',
  looksAt: 'names',
  *want({ tree }, fresh) {
    for (const path of fresh) {
      const java = javaHomeOf(tree, path);
      if (java !== undefined) yield* wantsOf(tree, java);
    }
  },
};

function* wantsOf(tree: FileTree, { home, libraries, virtualMachine }: JavaHome): Generator<Want> {
  for (const library of lateLibraries) {
    yield want(`${libraries}/${library}`, 'loads it when it is first needed', virtualMachine);
  }
  for (const name of lateFiles) {
    for (const path of filesOf(tree, `${home}/${name}`))
      yield want(path, 'reads it when it is first needed', virtualMachine);
  }
}

/** The file, or what is in the directory: by its own name, so that links into /etc are kept with what they lead to. */
function filesOf(tree: FileTree, path: string): readonly string[] {
  const { entry } = tree.resolve(path);
  if (entry?.type !== 'directory') return [path];
  const found: string[] = [];
  for (const below of tree.below(entry.path)) {
    if (below.type === 'directory' || leftOut.test(below.path) || baseName(below.path).endsWith('.src')) continue;
    found.push(below.path);
  }
  return found;
}

function want(path: string, because: string, parent: ImagePath): Want {
  return { path, reason: { kind: 'static', defence: 'java', because, parent }, onlyIfPresent: true };
}
