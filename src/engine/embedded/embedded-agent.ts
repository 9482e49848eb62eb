import { SlimtraceError } from '../../errors.js';
import { runCommand } from '../../system/process.js';
import { renderUserMapping, type UserMapping } from './user-mapping.js';

/** What the agent ends with when the disk is full (src/agent/native/unpack.c). */
const noSpaceExitCode = 73;

/** The agent on this machine, and the users its containers are made with. */
export class EmbeddedAgent {
  readonly file: string;
  readonly mapping: UserMapping;
  readonly #signal: AbortSignal;

  constructor(file: string, mapping: UserMapping, signal: AbortSignal) {
    this.file = file;
    this.mapping = mapping;
    this.#signal = signal;
  }

  get mappingText(): string {
    return renderUserMapping(this.mapping);
  }

  /** Only the machine's own root makes device nodes, and whoever has one ID only can't give files away. */
  get #unpackArguments(): string[] {
    const { kind } = this.mapping;
    return [
      ...(kind === 'self' ? ['--owners', 'ignore'] : ['--owners', 'keep']),
      ...(kind === 'self' || kind === 'sub' ? ['--devices', 'skip'] : ['--devices', 'make']),
    ];
  }

  /** Makes a tree from a plan in an empty directory. Throws `no-space`, or `unpack-failed` with the agent's words. */
  async unpack(directory: string, plan: Iterable<Uint8Array>): Promise<void> {
    const result = await runCommand(this.file, this.#mapped(['unpack', directory, ...this.#unpackArguments]), {
      signal: this.#signal,
      input: plan,
    });
    if (result.exitCode === 0) return;
    const cause = new Error(result.stderr.trim() || `exit code ${result.exitCode}`);
    if (result.exitCode === noSpaceExitCode || /no space left/i.test(result.stderr))
      throw new SlimtraceError('no-space', { directory }, { cause });
    throw new SlimtraceError('engine-command', { what: 'unpack the image' }, { cause });
  }

  /** Removes a tree, files of other users that a container made in it too. Not ended by an abort. */
  async remove(directory: string): Promise<void> {
    const result = await runCommand(this.file, this.#mapped(['remove', directory]));
    if (result.exitCode === 0) return;
    const cause = new Error(result.stderr.trim() || `exit code ${result.exitCode}`);
    throw new SlimtraceError('engine-command', { what: `remove ${directory}` }, { cause });
  }

  /** Root does it as itself: in a user namespace nobody makes device nodes. */
  #mapped(args: readonly string[]): string[] {
    const { kind } = this.mapping;
    return kind === 'self' || kind === 'sub' ? ['in-userns', '--userns', this.mappingText, '--', ...args] : [...args];
  }
}
