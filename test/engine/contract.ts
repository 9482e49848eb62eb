import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Container, ContainerSpec, Engine, Output } from '../../src/engine/engine.ts';
import type { Session } from '../../src/system/session.ts';
import { describeExec } from './contract-exec.ts';
import { describeFiles } from './contract-files.ts';
import { describeHardened } from './contract-hardened.ts';
import type { ContractImageName } from './contract-images.ts';
import { describeIsolation } from './contract-isolation.ts';
import { describeLife } from './contract-life.ts';
import { describeNetwork } from './contract-network.ts';
import { describeSettings } from './contract-settings.ts';
import { describeStore } from './contract-store.ts';
import { plainSpec } from './plain-spec.ts';

/** An engine as the contract meets it, and what only its own tools can tell or do. */
export interface EngineUnderTest extends AsyncDisposable {
  readonly engine: Engine;
  /** Sees to it that the engine has an image of the contract; resolves to the reference it goes by. */
  image(name: ContractImageName): Promise<string>;
  /** The same engine for another session. */
  openAs(session: Session): Engine;
  /** Notes what a container consists of now; the returned function tells what of it is still there. */
  remains(container: Container): Promise<() => Promise<readonly string[]>>;
  /** Bounds the memory of a running container from now on. */
  limitMemory?(container: Container, sizeBytes: number): Promise<void>;
}

/** What an engine may do without, if it says why. */
export type Optional =
  /** `loadImage`, `tagImage` and `removeImageName`. */
  | 'image-store'
  | 'memory-limit'
  /** A working directory that was asked for, and that isn't in the image, is made. */
  | 'missing-workdir'
  /** `/etc/passwd` users other than root can be had, and setuid programs take effect. */
  | 'users'
  | 'sweep';

export interface ContractOptions {
  readonly open: () => Promise<EngineUnderTest>;
  readonly lacks?: Readonly<Partial<Record<Optional, string>>>;
}

/** What the suites work with. */
export interface Contract {
  readonly subject: EngineUnderTest;
  readonly engine: Engine;
  /** A container of `contract-bare` unless told otherwise, with nothing asked for. */
  create(spec?: Partial<ContainerSpec>, image?: ContractImageName): Promise<Container>;
  /** Such a container, started. */
  start(spec?: Partial<ContainerSpec>, image?: ContractImageName): Promise<Container>;
  /** Runs one to its end, within a minute. */
  run(spec?: Partial<ContainerSpec>, image?: ContractImageName): Promise<Output>;
  /** What a shell line prints in one that must end well. */
  print(line: string, spec?: Partial<ContainerSpec>, image?: ContractImageName): Promise<string>;
  /** A test of something an engine may lack: skipped then, with its reason. */
  optional(what: Optional, name: string, body: () => Promise<void>): void;
}

/** Says what every Engine has to do (src/engine/engine.ts), on a real one. */
export function describeEngineContract(name: string, options: ContractOptions): void {
  describe(name, () => {
    let subject: EngineUnderTest | undefined;
    beforeAll(async () => {
      subject = await options.open();
    });
    afterAll(async () => await subject?.[Symbol.asyncDispose]());
    const contract = contractOn(() => {
      if (subject === undefined) throw new Error('the engine was not opened');
      return subject;
    }, options.lacks ?? {});
    for (const describeSuite of suites) describeSuite(contract);
  });
}

const suites = [
  describeStore,
  describeSettings,
  describeFiles,
  describeLife,
  describeExec,
  describeNetwork,
  describeIsolation,
  describeHardened,
];

function contractOn(subjectNow: () => EngineUnderTest, lacks: Readonly<Partial<Record<Optional, string>>>): Contract {
  const create: Contract['create'] = async (spec = {}, image = 'contract-bare') =>
    await subjectNow().engine.createContainer({ ...plainSpec, image: await subjectNow().image(image), ...spec });
  const run: Contract['run'] = async (spec, image) => {
    await using container = await create(spec, image);
    const output = await container.runToEnd({ timeoutMs: 60_000, signal: new AbortController().signal });
    if (output === 'timeout') throw new Error('it did not end within a minute');
    return output;
  };
  return {
    get subject() {
      return subjectNow();
    },
    get engine() {
      return subjectNow().engine;
    },
    create,
    run,
    async start(spec, image) {
      const container = await create(spec, image);
      try {
        await container.start();
        return container;
      } catch (error) {
        await container[Symbol.asyncDispose]();
        throw error;
      }
    },
    async print(line, spec, image) {
      const { exitCode, stdout, stderr } = await run({ entrypoint: '/bin/sh', command: ['-c', line], ...spec }, image);
      expect(exitCode, stderr).toBe(0);
      return stdout.toString('utf8');
    },
    optional(what, name, body) {
      const reason = lacks[what];
      if (reason === undefined) test(name, body);
      else test.skip(`${name} (${reason})`);
    },
  };
}
