/** What a manual page says beside the commands and their flags. */
export const manSections: {
  readonly description: readonly string[];
  readonly exitStatus: readonly (readonly [string, string])[];
  readonly environment: readonly (readonly [string, string])[];
  readonly files: readonly (readonly [string, string])[];
  readonly seeAlso: string;
} = {
  description: [
    'slimtrace runs a container image under a trace that records which files are touched, builds an image with only those files and what they need, and makes the same checks against both. The slim image gets its name only when it answers as the original does.',
    'Images are those of Docker or Podman, by name, or archives: docker-archive:FILE, oci-archive:FILE, oci:DIRECTORY or a path. For archives no engine is needed.',
    'The result goes to standard output, progress and problems to standard error. slimtrace help COMMAND shows the same as below for one command.',
  ],
  exitStatus: [
    ['0', 'Good: proved, equal, found.'],
    [
      '1',
      'A negative verdict: the slim image answers differently, a budget is exceeded, a lock has drifted, a profile that was asked for could not be proved.',
    ],
    ['2', 'Wrong usage: a flag, an argument or a file that was given.'],
    ['3', 'The environment: no engine, no such image, no evidence, no space.'],
    ['70', 'A bug in slimtrace.'],
    ['128+n', 'Ended by signal n, after everything that was made on the engine was removed.'],
  ],
  environment: [
    ['SOURCE_DATE_EPOCH', 'Seconds since 1970 that what is made is dated with.'],
    ['SLIMTRACE_VERBOSE', 'As --verbose when set to anything but 0.'],
    ['GITHUB_ACTIONS, GITLAB_CI', 'Tell slimtrace ci whose pipeline it is in, and so what it writes for it.'],
    ['TMPDIR', 'Where temporary files go; an image may need as much as it is large.'],
    ['XDG_CACHE_HOME, XDG_STATE_HOME', 'Where the cache and the reports of earlier runs are.'],
    ['NO_COLOR, FORCE_COLOR', 'No colour, or colour where no terminal is.'],
    [
      'DOCKER_HOST, DOCKER_CONTEXT, CONTAINER_HOST',
      'Which engine the clients docker and podman talk to; they read these themselves.',
    ],
  ],
  files: [
    ['slimtrace.yaml', 'Images, their checks and their budgets, for slimtrace ci.'],
    ['slimtrace.lock', 'What is kept of an image and why, to be committed.'],
    ['~/.cache/slimtrace', 'Layers of archives that were compressed, 10 GB at most; may be removed at any time.'],
    ['~/.local/state/slimtrace/reports', 'The reports of the last 30 slim images, which slimtrace why reads.'],
  ],
  seeAlso: 'docker(1), podman(1), skopeo(1), seccomp_unotify(2), user_namespaces(7)',
};
