/** How a command ended; 255 is also what one has that we ended ourselves. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly isMissing?: boolean;
  readonly hasTimedOut?: boolean;
}

/** Told of a command when it is started; what it returns is called once, when the command has ended. */
export type CommandWatcher = (file: string, args: readonly string[]) => (outcome: CommandOutcome) => void;

/**
 * For the whole process: commands are started in dozens of places, none of which has to know that somebody looks on. A
 * watcher sees arguments as they are, secrets too: what it shows of them is its business.
 */
const watchers = new Set<CommandWatcher>();

/** Tells `watcher` of every command that this process starts from now on, until disposed. It must not throw. */
export function watchCommands(watcher: CommandWatcher): Disposable {
  watchers.add(watcher);
  return { [Symbol.dispose]: () => void watchers.delete(watcher) };
}

/** Tells whoever watches that a command was started; to be called with how it ended. */
export function announceCommand(file: string, args: readonly string[]): (outcome: CommandOutcome) => void {
  const endings = [...watchers].map((watcher) => watcher(file, args));
  return (outcome) => {
    for (const end of endings) end(outcome);
  };
}
