import { type Command, Option } from 'commander';

const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value];

/** An option that may be given several times; its value is the list. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`).argParser(collect);
}

/** Checks, and how the container is run: names and meanings as for `docker run`. */
export function addRunOptions(command: Command): Command {
  command
    .optionsGroup('Checks (by default: GET / on exposed ports, the HEALTHCHECK, else run to exit):')
    .addOption(repeatable('--http <[METHOD ]PATH[=STATUS]>', 'request on each exposed port, or on --port'))
    .addOption(repeatable('--exec <command>', 'command executed in the container, must exit 0'))
    .addOption(repeatable('--tcp <port>', 'port that must accept connections'))
    .option(
      '--exit [code]',
      'the container ends by itself, with this exit code (0 if none is given; as a flag, write --exit=CODE)',
    )
    .addOption(repeatable('--port <port>', 'port for --http, instead of the exposed ones'));
  addContainerOptions(command)
    .optionsGroup('Scenarios (several ways to use one image; what is given before the first holds for all):')
    .option('--scenario <name>', 'begins a scenario: the checks and run options after it are its own; repeatable')
    .option('--command <line>', 'the scenario’s command, instead of the image’s or the one after --');
  return collectByScenario(command);
}

/** How a container is run. */
export function addContainerOptions(command: Command): Command {
  return command
    .optionsGroup('Run options (as for docker run):')
    .addOption(repeatable('-e, --env <name[=value]>', 'environment variable'))
    .addOption(repeatable('--env-file <file>', 'file of environment variables'))
    .addOption(repeatable('-v, --volume <volume>', 'bind mount or volume'))
    .option('--network <network>', 'network to connect to')
    .option('--run-user <user>', 'user name or ID to run images as (docker run --user)')
    .option('-w, --workdir <directory>', 'working directory')
    .option('--entrypoint <command>', 'replaces the image’s entrypoint');
}

const scalars = ['command', 'network', 'runUser', 'workdir', 'entrypoint', 'exit'] as const;
const lists = ['env', 'envFile', 'volume', 'http', 'exec', 'tcp', 'port'] as const;

/** Commander knows no order among flags; its events come in that of the command line. */
function collectByScenario(command: Command): Command {
  const runs: Record<string, unknown>[] = [{}];
  command.setOptionValueWithSource('runs', runs, 'default');
  command.on('option:scenario', (name: string) => runs.push({ scenario: name }));
  const eventOf = (name: string) => `option:${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  for (const name of scalars) {
    command.on(eventOf(name), (value: string | null) => Object.assign(runs.at(-1) ?? {}, { [name]: value ?? true }));
  }
  for (const name of lists) {
    command.on(eventOf(name), (value: string) => {
      const run = runs.at(-1) ?? {};
      run[name] = [...((run[name] as string[] | undefined) ?? []), value];
    });
  }
  return command;
}

export function addSelectionOptions(command: Command): Command {
  return command
    .optionsGroup('What is kept:')
    .addOption(repeatable('--include <path|glob>', 'keep this, whatever the trace says; a directory with all below it'))
    .addOption(repeatable('--include-from <file>', 'file with one path or glob per line'))
    .addOption(repeatable('--exclude <path|glob>', 'leave this out, whatever asks for it'))
    .option('--include-shell', 'keep the image’s shell')
    .option('--certs <file>', 'CA certificates (PEM) to use as the image’s bundle')
    .option('--no-certs', 'keep no CA certificates but the traced ones')
    .addOption(
      repeatable(
        '--granularity <[pattern=]granularity>',
        'what comes along with a kept file: file, directory or package; for some paths, or for all',
      ),
    )
    .addOption(repeatable('--packs <file>', 'file with packs of your own: if this is kept, keep that (JSON)'))
    .option('--nft', 'ask @vercel/nft as well what JavaScript reaches (a package to install beside slimtrace)')
    .addOption(
      repeatable('--without <defence|pack>', 'leave out a defence or a pack by name; all: what the trace saw'),
    );
}

/** Where settings come from that aren't given as flags. */
export function addConfigOptions(command: Command): Command {
  return command
    .optionsGroup('Configuration (flags win over it; a flag that may be repeated replaces its whole list):')
    .option(
      '--config <file>',
      'whose settings of IMAGE apply (default: slimtrace.yaml or .yml here, if it names IMAGE)',
    )
    .option('--no-config', 'read no configuration');
}

export function addEngineOption(command: Command): Command {
  return addVerboseOption(command).addOption(
    new Option('--engine <engine>', 'what runs containers; auto: docker, else podman, and embedded for archives')
      .choices(['auto', 'docker', 'podman', 'embedded'])
      .default('auto'),
  );
}

/** For commands that start others. */
export function addVerboseOption(command: Command): Command {
  return command.option('--verbose', 'tell on stderr each command that is run, on the engine too');
}

/** For commands about containers, of which the embedded engine has none but its own. */
export function addContainerEngineOption(command: Command): Command {
  return addVerboseOption(command).addOption(
    new Option('--engine <engine>', 'what runs the container; auto: docker and podman are both looked at')
      .choices(['auto', 'docker', 'podman'])
      .default('auto'),
  );
}

export function addTimeOptions(command: Command): Command {
  return command
    .optionsGroup('Time:')
    .option('--timeout <seconds>', 'for a container to become ready, and for each check to pass', '60')
    .option('--stop-timeout <seconds>', 'for the traced application to end after its stop signal', '3');
}

export function addSlimOptions(command: Command): Command {
  return command
    .optionsGroup('Result:')
    .option('-t, --tag <name>', 'name of the slim image (default: the image’s with -slim appended to the tag)')
    .option(
      '-o, --output <archive>',
      'write the slim image as an archive too: a tar (OCI layout and docker-archive in one), or oci:DIRECTORY',
    )
    .optionsGroup('The slim image:')
    .option(
      '--base <base>',
      'scratch, an image or archive, or distroless (the one that fits, or distroless:static, :base, :cc, :python3 …)',
      'scratch',
    )
    .option('--distroless-from <prefix>', 'where the distroless images are', 'gcr.io/distroless')
    .addOption(
      new Option('--layers <how>', 'one layer, or system, runtime, dependencies and application apart')
        .choices(['single', 'split'])
        .default('single'),
    )
    .option('-u, --user <user>', 'user of the slim image: nonroot, UID[:GID] or a name of the image')
    .option('--healthcheck <how>', 'keep, none, or a command instead of the image’s', 'keep')
    .option('--no-package-records', 'leave out the package records that scanners read')
    .optionsGroup('Beside the slim image:')
    .option('--sbom <file>', 'write a CycloneDX SBOM')
    .option('--sbom-in-image', 'put it into the image too')
    .option('--provenance <file>', 'write an in-toto statement with SLSA provenance')
    .option('--attest', 'attach both to an OCI archive (--output) as attestations')
    .option('--seccomp-profile <file>', 'write a seccomp profile, proved by the checks')
    .option(
      '--apparmor-profile <file>',
      'write an AppArmor profile, proved by the checks where the kernel has AppArmor',
    )
    .option('--debug-tag <name>', 'build the image once more with a static busybox on top')
    .option('--debug-busybox <file>', 'that busybox (default: Debian’s busybox-static)')
    .optionsGroup('Budgets (exit code 1 when the slim image exceeds one):')
    .option('--max-size <size>', 'largest size of the slim image: bytes, or 120MB, 80MiB')
    .option('--min-reduction <percent>', 'least share of the original that has to go: 60%')
    .option('--max-files <n>', 'most files')
    .option('--fail-if-larger', 'not larger than the image that had the name before')
    .addOption(repeatable('--forbid-path <path|glob>', 'no such file in the slim image'))
    .addOption(repeatable('--forbid-package <name>', 'no file of such a package in the slim image'))
    .addOption(repeatable('--fail-on <what>', 'secrets, shell, setuid, root (secrets: no image is made at all)'))
    .optionsGroup('Instead of tracing:')
    .option('--trace <file>', 'go on from this trace (slimtrace trace, run or merge)')
    .option('--lock <file>', 'rebuild by this lock (slimtrace lock): nothing privileged is run; exit code 1 on drift')
    .optionsGroup('Healing (the slim image runs under the trace too):')
    .option('--heal-rounds <n>', 'how often it is built again with what it missed', '3')
    .option('--no-heal', 'only tell what it missed')
    .optionsGroup('Report:')
    .option('--explain-size', 'tell what each defence costs in bytes')
    .option('--report <file>', 'write the report with every path and its reasons (JSON)')
    .option('--html <file>', 'write it as one HTML page to look at and search')
    .option('--markdown <file>', 'write a summary for a pull request')
    .option('--dry-run', 'do everything, and leave no image')
    .option('--json', 'print the result as JSON')
    .option('-q, --quiet', 'no progress');
}
