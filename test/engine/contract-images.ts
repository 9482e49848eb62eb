import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensureBaseImage, isInEngine } from '../support/fixture-base.ts';

/** `contract` declares all that an image can declare; `contract-bare` has the same tree and declares nothing. */
export type ContractImageName = 'contract' | 'contract-bare';

/** What `contract` declares: the config as every engine has to give it back. */
export const contractConfig = {
  Env: ['PATH=/bin:/usr/bin', 'FROM_IMAGE=said by the image', 'REPLACED=by nobody'],
  Entrypoint: ['/bin/echo', 'entrypoint:'],
  Cmd: ['command', 'of the image'],
  ExposedPorts: { '8080/tcp': {} },
  Volumes: { '/data': {} },
  WorkingDir: '/work',
  Labels: { 'contract.label': 'a value' },
  StopSignal: 'SIGUSR1',
  Healthcheck: { Test: ['CMD', '/bin/test', '-e', '/tmp/healthy'], Timeout: 3e9, Interval: 3600e9, Retries: 2 },
  OnBuild: ['RUN true'],
  Shell: ['/bin/sh', '-ec'],
} as const;

const declaration = `FROM slimtrace-fixture/contract-bare:latest
ENV PATH=/bin:/usr/bin FROM_IMAGE="said by the image" REPLACED="by nobody"
ENTRYPOINT ["/bin/echo", "entrypoint:"]
CMD ["command", "of the image"]
EXPOSE 8080
VOLUME /data
WORKDIR /work
LABEL contract.label="a value"
STOPSIGNAL SIGUSR1
HEALTHCHECK --interval=1h --timeout=3s --retries=2 CMD ["/bin/test", "-e", "/tmp/healthy"]
ONBUILD RUN true
SHELL ["/bin/sh", "-ec"]
`;

// Imported rather than built: a builder would declare PATH, and what an engine sets without is part of the contract.
const maker = `FROM slimtrace-fixture/base:bookworm
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends busybox-static
RUN mkdir -p /tree/bin /tree/etc /tree/data /tree/work /tree/home/app /tree/tmp /tree/usr/bin /tree/lib64 \\
 && cp /bin/busybox /tree/bin/ && chroot /tree /bin/busybox --install -s /bin \\
 && printf 'root:x:0:0::/root:/bin/sh\\napp:x:1000:1000::/home/app:/bin/sh\\n' >/tree/etc/passwd \\
 && printf 'root:x:0:\\napp:x:1000:\\nextra:x:2000:app\\n' >/tree/etc/group \\
 && echo 'of the image' >/tree/data/seed \\
 && chown 1000:1000 /tree/home/app && chmod 1777 /tree/tmp \\
 && echo 'not a program' >/tree/etc/not-executable \\
 && cp /usr/bin/id /tree/usr/bin/setuid-id && chmod 4755 /tree/usr/bin/setuid-id \\
 && ldd /usr/bin/id | sed -n 's/.* \\(\\/[^ ]*\\) (.*/\\1/p; s/^[[:space:]]*\\(\\/[^ ]*\\) (.*/\\1/p' | while read -r file; do \\
      mkdir -p "/tree$(dirname "$file")" && cp -L "$file" "/tree$file"; done
CMD ["tar", "-C", "/tree", "--sort=name", "-c", "."]
`;

const recipe = createHash('sha256')
  .update(maker + declaration)
  .digest('hex')
  .slice(0, 16);
const underWay = new Map<ContractImageName, Promise<string>>();

/** Makes sure that Docker has the image, and resolves to its name there. */
export function ensureContractImage(name: ContractImageName): Promise<string> {
  const known = underWay.get(name) ?? makeUnlessPresent(name);
  underWay.set(name, known);
  return known;
}

/**
 * The image as `docker save` writes it, named `slimtrace-fixture/<name>:latest` in it: a file that is made once and kept
 * in the user's cache, for engines that hold images of their own, or none.
 */
export async function contractArchive(name: ContractImageName): Promise<string> {
  const image = await ensureContractImage(name);
  const directory = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slimtrace-fixtures');
  const file = join(directory, `${name}-${recipe}.tar`);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) return file;
  await mkdir(directory, { recursive: true });
  // Renamed when whole, so that an interrupted run leaves no half archive to be trusted later.
  await execa('docker', ['save', '--output', `${file}.${process.pid}`, image]);
  await rename(`${file}.${process.pid}`, file);
  return file;
}

async function makeUnlessPresent(name: ContractImageName): Promise<string> {
  const repository = `slimtrace-fixture/${name}`;
  if (!(await isInEngine(`${repository}:${recipe}`))) {
    const make = name === 'contract' ? buildDeclaring : importBare;
    await make(`${repository}:${recipe}`);
  }
  await execa('docker', ['tag', `${repository}:${recipe}`, `${repository}:latest`]);
  return `${repository}:latest`;
}

async function buildDeclaring(image: string): Promise<void> {
  await ensureContractImage('contract-bare');
  await build(declaration, image);
}

async function importBare(image: string): Promise<void> {
  await ensureBaseImage();
  const makerName = `slimtrace-fixture/contract-maker:${recipe}`;
  await build(maker, makerName);
  try {
    const tree = execa('docker', ['run', '--rm', makerName], { buffer: { stdout: false } });
    // Tagged afterwards: what a maker that failed midway wrote may still be an image to the engine.
    const { stdout: id } = await tree.pipe('docker', ['import', '-']);
    await execa('docker', ['tag', id, image]);
  } finally {
    await execa('docker', ['image', 'rm', '--no-prune', makerName], { reject: false });
  }
}

async function build(dockerfile: string, image: string): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'slimtrace-fixture-'));
  try {
    await writeFile(join(context, 'Dockerfile'), dockerfile);
    const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
    const proxies = names.filter((variable) => process.env[variable]).flatMap((variable) => ['--build-arg', variable]);
    await execa('docker', ['build', '--quiet', '--force-rm', ...proxies, '--tag', image, context], {
      env: { DOCKER_BUILDKIT: '0' },
    });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
