import type { FileTree } from '../../image/file-tree.js';
import { baseName, type ImagePath, parentOf } from '../../image/path.js';

/** Where a Java runtime is, by its virtual machine. */
export interface JavaHome {
  readonly home: ImagePath;
  /** The directory of its native libraries: `lib`, with Java 8 `lib/amd64`. */
  readonly libraries: ImagePath;
  readonly virtualMachine: ImagePath;
}

/** The runtime that a libjvm.so belongs to; undefined for any other path. */
export function javaHomeOf(tree: FileTree, path: ImagePath): JavaHome | undefined {
  if (baseName(path) !== 'libjvm.so') return undefined;
  const libraries = parentOf(parentOf(path));
  const above = parentOf(libraries);
  const home = baseName(libraries) === 'lib' ? above : parentOf(above);
  return tree.get(home)?.type === 'directory' && home !== '/' ? { home, libraries, virtualMachine: path } : undefined;
}

/** Packages of Java's own, and the native libraries that their classes load by name when they are first used. */
export const librariesOfPackages: readonly {
  /** As classes name them. */
  readonly package: string;
  readonly libraries: readonly string[];
}[] = [
  { package: 'java/util/prefs/', libraries: ['libprefs.so'] },
  { package: 'java/rmi/', libraries: ['librmi.so'] },
  { package: 'javax/management/remote/', libraries: ['libmanagement_agent.so', 'librmi.so'] },
  { package: 'com/sun/security/auth/', libraries: ['libjaas.so'] },
  { package: 'javax/security/auth/login/', libraries: ['libjaas.so'] },
  { package: 'org/ietf/jgss/', libraries: ['libj2gss.so'] },
  { package: 'javax/smartcardio/', libraries: ['libj2pcsc.so'] },
  { package: 'com/sun/nio/sctp/', libraries: ['libsctp.so'] },
  { package: 'com/sun/tools/attach/', libraries: ['libattach.so'] },
  { package: 'java/lang/instrument/', libraries: ['libinstrument.so'] },
  { package: 'java/lang/foreign/', libraries: ['libsyslookup.so'] },
  { package: 'javax/sound/', libraries: ['libjsound.so'] },
  {
    package: 'java/awt/',
    libraries: [
      'libawt.so',
      'libawt_headless.so',
      'libfontmanager.so',
      'libfreetype.so',
      'libjavajpeg.so',
      'liblcms.so',
      'libmlib_image.so',
      'psfontj2d.properties',
      'psfont.properties.ja',
      'fontconfig.bfc',
    ],
  },
];
