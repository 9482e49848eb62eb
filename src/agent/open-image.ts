import type { Container, Engine, EngineImage, RunningExec } from '../engine/engine.js';
import { openedImage } from '../engine/opened-image.js';
import { SlimtraceError } from '../errors.js';
import { FileTree } from '../image/file-tree.js';
import type { Image } from '../image/image.js';
import { Resources } from '../system/resources.js';
import { openTempDir } from '../system/temp-dir.js';
import { openAgentContainer } from './agent-container.js';
import { agentPath } from './agent-file.js';
import { withoutEngineParts } from './engine-parts.js';
import { parseListing } from './listing.js';
import { PackedContents } from './packed-contents.js';

/** Opens an image of an engine by listing its pristine tree in a container that runs nothing of the image. */
export async function openEngineImage(engine: Engine, image: EngineImage, reference: string): Promise<Image> {
  await using held = new Resources();
  const directory = held.use(await openTempDir());
  const container = held.use(await holdPristine(engine, image));
  const { entries, view } = await list(container);
  if (view === 'plain')
    throw new SlimtraceError('unsupported-platform', {
      what: 'an engine that does not let it see beneath mounts (SYS_ADMIN is needed)',
    });
  // Sockets can't be in a layer (OCI image-spec layer.md lists the types a layer holds).
  const own = withoutEngineParts(entries, image.created, Object.keys(image.config.Volumes ?? {}));
  const tree = new FileTree(own.filter(({ type }) => type !== 'socket'));
  const startPack = () => container.startExec([agentPath, 'pack'], { user: '0:0' });
  const contents = held.use(new PackedContents({ tree, startPack, directory: directory.path }));
  return openedImage(reference, image, { tree, contents }, held.move());
}

async function holdPristine(engine: Engine, image: EngineImage): Promise<Container> {
  const container = await openAgentContainer(engine, image, {
    env: [],
    envFiles: [],
    volumes: [],
    network: 'none',
    workdir: '/',
    command: ['hold'],
    // Instead of volumes that the engine would fill with copies of what the image holds there.
    tmpfs: Object.keys(image.config.Volumes ?? {}),
    // AppArmor's docker-default profile may forbid the view beneath mounts; nothing of the image runs here.
    securityOptions: ['apparmor=unconfined'],
    keepLogs: false,
  });
  try {
    await container.start();
    return container;
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw error;
  }
}

async function list(container: Container) {
  await using listing: RunningExec = container.startExec([agentPath, 'list', '--exclude', '/.slimtrace'], {
    user: '0:0',
  });
  listing.stdin.end();
  try {
    return await parseListing(listing.stdout);
  } catch (cause) {
    const { stderr } = await listing.ended;
    if (stderr.trim() === '') throw cause;
    throw new SlimtraceError(
      'listing-invalid',
      { reason: 'the agent could not list it' },
      { cause: new Error(stderr.trim()) },
    );
  }
}
