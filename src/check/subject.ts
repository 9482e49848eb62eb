import type { Container, ContainerState } from '../engine/engine.js';

/** A container that checks are made against, traced or not. */
export interface Subject
  extends Pick<Container, 'start' | 'runToEnd' | 'state' | 'waitForEnd' | 'exec' | 'connect' | 'lastLogLines'> {
  /** What the image's HEALTHCHECK says now. */
  health(): Promise<ContainerState['health']>;
}

/** A plain container as a subject: its HEALTHCHECK is the engine's business. */
export function plainSubject(container: Container): Subject {
  return {
    start: () => container.start(),
    runToEnd: (options) => container.runToEnd(options),
    state: () => container.state(),
    waitForEnd: (signal) => container.waitForEnd(signal),
    exec: (command, options) => container.exec(command, options),
    connect: (port, signal) => container.connect(port, signal),
    lastLogLines: (lines) => container.lastLogLines(lines),
    health: async () => (await container.state()).health,
  };
}
