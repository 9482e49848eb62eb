/** Exit codes of the command line: 0 good, 1 negative verdict, 2 usage, 3 environment or engine. */
export type FailureExitCode = 1 | 2 | 3;

/** One failure, worded from the details of a case. */
export interface CatalogueEntry {
  readonly exitCode: FailureExitCode;
  readonly message: (details: Readonly<Record<string, string>>) => string;
  readonly hint?: (details: Readonly<Record<string, string>>) => string | undefined;
}

const detail = (details: Readonly<Record<string, string>>, key: string): string => details[key] ?? `<${key}>`;

/** Every operational failure a user can meet: what is said, what can be done, and the exit code. */
export const catalogue = {
  usage: {
    exitCode: 2,
    message: (d) => detail(d, 'problem'),
    hint: (d) => d.hint ?? 'run `slimtrace --help` for the commands and their flags',
  },
  'engine-missing': {
    exitCode: 3,
    message: (d) => `no container engine: the \`${detail(d, 'command')}\` command was not found`,
    hint: (d) => `install ${d.command === 'podman' ? 'Podman, or put it' : 'Docker, or put its client'} on PATH`,
  },
  'no-engine': {
    exitCode: 3,
    message: (d) => `no container engine: docker: ${detail(d, 'docker')}; podman: ${detail(d, 'podman')}`,
    hint: (d) =>
      d.hint ??
      'start one of them, or give the image as an archive, which needs neither: docker-archive:FILE, oci-archive:FILE or oci:DIRECTORY',
  },
  'engine-unreachable': {
    exitCode: 3,
    message: () => 'the container engine does not answer',
    hint: (d) =>
      d.command === 'podman'
        ? '`podman info` shows what is wrong (CONTAINER_HOST, podman system connection list, podman machine start)'
        : 'is the daemon running? `docker info` shows what the client tries to reach (DOCKER_HOST, docker context)',
  },
  'embedded-unavailable': {
    exitCode: 3,
    message: (d) => `the embedded engine cannot run here: ${detail(d, 'reason')}`,
    hint: () =>
      'it needs Linux and the right to make user namespaces (user.max_user_namespaces, AppArmor, a container\u2019s seccomp profile may take it away); Docker or podman do as well',
  },
  'not-an-archive': {
    exitCode: 3,
    message: (d) => `${detail(d, 'image')} is not an image archive, and the embedded engine runs nothing else`,
    hint: () =>
      'give docker-archive:FILE, oci-archive:FILE or oci:DIRECTORY (docker save, podman save, skopeo copy write them)',
  },
  'engine-command': {
    exitCode: 3,
    message: (d) => `could not ${detail(d, 'what')}`,
  },
  'image-not-found': {
    exitCode: 3,
    message: (d) => `image not found: ${detail(d, 'image')}`,
    hint: (d) =>
      `pull or build it first (\`${d.command ?? 'docker'} pull ${detail(d, 'image')}\`), or check the name with \`${d.command ?? 'docker'} images\``,
  },
  'wrong-architecture': {
    exitCode: 3,
    message: (d) => `the image is built for ${detail(d, 'image')}, and the engine runs ${detail(d, 'engine')}`,
    hint: () => 'run slimtrace on a machine of that architecture: emulated system calls cannot be traced',
  },
  'unsupported-platform': {
    exitCode: 3,
    message: (d) => `slimtrace cannot handle ${detail(d, 'what')}`,
  },
  'cannot-trace': {
    exitCode: 3,
    message: (d) => detail(d, 'reason'),
    hint: (d) =>
      d.hint ??
      'tracing needs Linux 5.5 or later on the engine\u2019s machine, without a sandbox such as gVisor, and the right to add SYS_ADMIN and SYS_PTRACE to a container',
  },
  'trace-incomplete': {
    exitCode: 3,
    message: (d) => `the trace cannot vouch for itself: ${detail(d, 'reason')}`,
    hint: () =>
      'nothing was built, because files could be missing from it; please run again, and report it if it happens twice',
  },
  'trace-invalid': {
    exitCode: 2,
    message: (d) =>
      `${d.file === undefined ? 'not a usable trace' : `${d.file} is not a usable trace`}: ${detail(d, 'reason')}`,
    hint: () => 'make one from this very image: slimtrace trace IMAGE --output FILE',
  },
  'trace-mismatch': {
    exitCode: 2,
    message: (d) => `these traces are not of one image: ${detail(d, 'left')}, ${detail(d, 'right')}`,
    hint: () => 'build the image once, push it, and let every shard trace it by its digest: name@sha256:…',
  },
  'no-evidence': {
    exitCode: 3,
    message: (d) => `no check passed on the original image, so nothing was built: ${detail(d, 'reason')}`,
    hint: () =>
      'say how to exercise the image with --http, --exec, --tcp or --exit, and give it what it needs to start (--env, --volume, -- COMMAND)',
  },
  'run-not-ready': {
    exitCode: 3,
    message: (d) => `the driver was not started: ${detail(d, 'reason')}`,
    hint: () =>
      'choose the ports to wait for with --publish, and how long with --timeout; give the application what it needs to start (--env, --volume, -- COMMAND)',
  },
  'run-ended': {
    exitCode: 1,
    message: (d) => `the application ended by itself, ${detail(d, 'how')}`,
    hint: () => 'what it touched until then was written; give it what it needs to go on (--env, --volume, -- COMMAND)',
  },
  'listing-invalid': {
    exitCode: 3,
    message: (d) => `the image\u2019s file list is damaged: ${detail(d, 'reason')}`,
  },
  'contents-missing': {
    exitCode: 3,
    message: (d) => `could not read a file of the image: ${detail(d, 'path')}`,
  },
  'archive-invalid': {
    exitCode: 3,
    message: (d) => `the image archive is not valid: ${detail(d, 'reason')}`,
  },
  'archive-not-found': {
    exitCode: 3,
    message: (d) => `image archive not found: ${detail(d, 'file')}`,
    hint: () =>
      'an archive is docker-archive:FILE or oci-archive:FILE (a tar), oci:DIRECTORY (an OCI layout), or the path of either',
  },
  'archive-unsupported': {
    exitCode: 3,
    message: (d) => `the image archive has what slimtrace does not read: ${detail(d, 'what')}`,
    hint: (d) => d.hint,
  },
  'archive-image-not-found': {
    exitCode: 3,
    message: (d) => `${detail(d, 'archive')} has no image ${detail(d, 'wanted')}`,
    hint: (d) => `it has ${detail(d, 'images')}`,
  },
  'archive-image-unclear': {
    exitCode: 2,
    message: (d) => `${detail(d, 'archive')} has several images, and it isn\u2019t clear which is meant`,
    hint: (d) => `write one of: ${detail(d, 'images')}`,
  },
  'certificates-unreadable': {
    exitCode: 2,
    message: (d) => `could not use --certs ${detail(d, 'file')}: ${detail(d, 'reason')}`,
    hint: () => 'it takes a file of certificates in PEM, such as a distribution\u2019s ca-certificates.crt',
  },
  'busybox-unusable': {
    exitCode: 2,
    message: (d) => `could not use ${detail(d, 'file')} as the busybox: ${detail(d, 'reason')}`,
    hint: () => 'it takes a static busybox for the architecture of the image, such as that of Debian’s busybox-static',
  },
  'busybox-missing': {
    exitCode: 3,
    message: (d) => `no static busybox for ${detail(d, 'architecture')}: ${detail(d, 'reasons')}`,
    hint: () =>
      'install Debian’s or Ubuntu’s busybox-static, or give the file of one (--debug-busybox; debug --busybox)',
  },
  'container-not-found': {
    exitCode: 3,
    message: (d) => `no container ${detail(d, 'container')}: ${detail(d, 'looked')}`,
    hint: () => '`docker ps` and `podman ps` list the containers that run; --engine says which engine is meant',
  },
  'container-not-running': {
    exitCode: 3,
    message: (d) => `the container ${detail(d, 'container')} is not running, it is ${detail(d, 'status')}`,
    hint: (d) =>
      `\`${detail(d, 'engine')} logs ${detail(d, 'container')}\` shows what it printed, and \`slimtrace diagnose\` what of it slimming explains`,
  },
  'nft-missing': {
    exitCode: 3,
    message: () => '--nft needs the package @vercel/nft, which is not installed beside slimtrace',
    hint: () => 'npm install @vercel/nft (with --global when slimtrace is installed so), or leave out --nft',
  },
  'user-unknown': {
    exitCode: 2,
    message: (d) =>
      `--user ${detail(d, 'user')}: the image\u2019s /etc/passwd and /etc/group don\u2019t say who that is`,
    hint: () => 'give UID:GID, or nonroot (65532:65532)',
  },
  'secrets-found': {
    exitCode: 1,
    message: (d) => `secrets would ship, so nothing was built: ${detail(d, 'secrets')}`,
    hint: () =>
      'leave them out with --exclude and give them to the container when it runs (a volume, a secret of the engine\u2019s, the environment)',
  },
  'name-unshippable': {
    exitCode: 3,
    message: (d) =>
      `${detail(d, 'path')} can\u2019t be shipped: in a layer, a name that begins with .wh. takes another file away`,
    hint: () =>
      'no registry could carry the original\u2019s either; leave it out with --exclude, or give it another name',
  },
  'config-invalid': {
    exitCode: 2,
    message: (d) =>
      d.count === '1'
        ? detail(d, 'problems')
        : `${detail(d, 'file')} has ${detail(d, 'count')} mistakes\n${detail(d, 'problems')}`,
    hint: () =>
      '`slimtrace schema config` prints all keys and what they take, for an editor too; --no-config does without the file',
  },
  'deadline-exceeded': {
    exitCode: 3,
    message: (d) =>
      d.name === 'total'
        ? `it took longer than ${detail(d, 'limit')} altogether`
        : `the phase ${detail(d, 'name')} took longer than ${detail(d, 'limit')}`,
    hint: (d) =>
      `give it more time with --deadline ${detail(d, 'name')}=TIME, or below ci.deadlines in the configuration`,
  },
  'accepted-invalid': {
    exitCode: 2,
    message: (d) => `${detail(d, 'file')} has no accepted sizes that could be read: ${detail(d, 'reason')}`,
    hint: (d) =>
      d.isOurs === undefined
        ? 'is it the file you mean? slimtrace ci --accept writes one where there is none'
        : 'slimtrace ci --accept writes it anew; without the file, there is nothing to compare with',
  },
  'lock-invalid': {
    exitCode: 2,
    message: (d) => `not a usable lock: ${detail(d, 'reason')}`,
    hint: () => 'slimtrace lock IMAGE writes one, and slimtrace lock --update writes it anew and keeps what is by hand',
  },
  'lock-drifted': {
    exitCode: 1,
    message: (d) => `the image is not as its lock says, and no check passes on it:\n${detail(d, 'changes')}`,
    hint: (d) => detail(d, 'hint'),
  },
  'file-unreadable': {
    exitCode: 2,
    message: (d) => `could not read ${detail(d, 'file')}`,
    hint: (d) => d.hint ?? 'check that the file exists, and that it may be read',
  },
  'output-unwritable': {
    exitCode: 3,
    message: (d) => `could not write ${detail(d, 'file')}`,
    hint: () => 'check that the directory exists, that it may be written, and that the disk is not full',
  },
  'no-space': {
    exitCode: 3,
    message: (d) => `no space left for temporary files in ${detail(d, 'directory')}`,
    hint: (d) => d.hint ?? 'free some space, or set TMPDIR to a directory on another disk',
  },
  'temp-dir-unusable': {
    exitCode: 3,
    message: (d) => `could not make temporary files in ${detail(d, 'directory')}`,
    hint: () => 'set TMPDIR to a directory that is there and may be written',
  },
  'report-not-found': {
    exitCode: 3,
    message: (d) => `no slimtrace report for ${detail(d, 'image')} on this machine`,
    hint: () =>
      'give the slim image that `slimtrace slim` made here, or the report it wrote: --report FILE (see slim --report)',
  },
  'base-refused': {
    exitCode: 3,
    message: (d) => `the image can\u2019t stand on ${detail(d, 'base')}: ${detail(d, 'reason')}`,
    hint: (d) => d.hint ?? 'choose a base of the image\u2019s own distribution and release, or --base scratch',
  },
  'dockerfile-unsayable': {
    exitCode: 3,
    message: (d) => `a Dockerfile can\u2019t say ${detail(d, 'what')}`,
    hint: (d) => d.hint ?? 'leave it out of the image, or use `slimtrace slim`, which writes the image itself',
  },
  'path-invalid': {
    exitCode: 2,
    message: (d) => `not a path inside an image: ${detail(d, 'path')}`,
    hint: () => 'paths in an image begin with / and lead no further up',
  },
} as const satisfies Record<string, CatalogueEntry>;
