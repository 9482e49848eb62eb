import type { Rule } from '../rule.js';
import { application } from './application.js';
import { certificates, certificatesOfLinked } from './certificates.js';
import { commands } from './commands.js';
import { configuration } from './configuration.js';
import { cpuVariants } from './cpu-variants.js';
import { dlopen } from './dlopen.js';
import { elfInterpreter } from './elf-interpreter.js';
import { elfNeeded } from './elf-needed.js';
import { granularity } from './granularity.js';
import { homeDirectory, identity } from './identity.js';
import { includeShell } from './include-shell.js';
import { javaJars } from './java-jars.js';
import { javaRuntime } from './java-runtime.js';
import { loaderConfiguration, preloadedLibraries } from './loader-configuration.js';
import { nameService } from './name-service.js';
import { nodeFileTrace } from './node-file-trace.js';
import { nodeModules } from './node-modules.js';
import { nodePackages } from './node-packages.js';
import { osRelease } from './os-release.js';
import { packageManifests, pythonMetadata } from './package-manifests.js';
import { packsByContents, packsByNames } from './packs.js';
import { healedPluginDirectories, pluginDirectories } from './plugin-directories.js';
import { pythonDistributions } from './python-distributions.js';
import { pythonModules } from './python-modules.js';
import { rubyFiles, rubyGems } from './ruby.js';
import { scripts } from './scripts.js';
import { shebang } from './shebang.js';
import { spawnedPrograms } from './spawned-programs.js';
import { temporaryDirectories } from './temporary-directories.js';
import { healed, traced } from './traced.js';
import { userIncludes } from './user-includes.js';
import { volumes } from './volumes.js';
import { workingDirectory } from './working-directory.js';

/** All rules. Their order doesn't change what is selected. */
export const everyRule: readonly Rule[] = [
  traced,
  healed,
  application,
  userIncludes,
  includeShell,
  commands,
  workingDirectory,
  volumes,
  temporaryDirectories,
  identity,
  homeDirectory,
  nameService,
  osRelease,
  certificates,
  certificatesOfLinked,
  elfInterpreter,
  elfNeeded,
  loaderConfiguration,
  preloadedLibraries,
  cpuVariants,
  shebang,
  scripts,
  spawnedPrograms,
  configuration,
  dlopen,
  nodeFileTrace,
  nodeModules,
  nodePackages,
  javaRuntime,
  javaJars,
  rubyFiles,
  rubyGems,
  packsByNames,
  packsByContents,
  pythonModules,
  pythonDistributions,
  packageManifests,
  pythonMetadata,
  pluginDirectories,
  healedPluginDirectories,
  granularity,
];
