import { DockerCli } from './docker-cli.js';

/** The command line of Podman. */
export class PodmanCli extends DockerCli {
  /** Docker's `rm --force` kills; Podman's would first give the container its grace time (podman-rm(1)). */
  protected override get removal(): readonly string[] {
    return [...super.removal, '--time', '0'];
  }
}
