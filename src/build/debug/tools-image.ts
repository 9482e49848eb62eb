import { type ImageTarget, type WrittenImage, writeImage } from '../../image/archive/write-image.js';
import type { ContentSource } from '../../image/image.js';
import { asImagePath, type ImagePath } from '../../image/path.js';
import { writeLayer } from '../write-layer.js';
import { placeBusybox, placeDirectory, placeFile } from './busybox-files.js';
import type { Busybox } from './open-busybox.js';

/** Where the tools of {@link writeToolsImage} are. */
const toolsDirectory = asImagePath('/bin');

/**
 * Writes an image that has a busybox and nothing else to run: the root of a container beside another one. The same
 * busybox gives the same image.
 *
 * @param architecture GOARCH name
 */
export async function writeToolsImage(
  target: ImageTarget,
  name: string,
  busybox: Busybox,
  architecture: string,
): Promise<WrittenImage> {
  const text = (path: string, lines: string) => placeFile(asImagePath(path), Buffer.from(lines), 0o644);
  const files = [
    ...placeBusybox(busybox, toolsDirectory),
    placeDirectory(asImagePath('/etc'), 0o755),
    text('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n'),
    text('/etc/group', 'root:x:0:\nnobody:x:65534:\n'),
    placeDirectory(asImagePath('/root'), 0o700),
    placeDirectory(asImagePath('/tmp'), 0o1777),
  ];
  const config = {
    os: 'linux',
    architecture,
    created: '1970-01-01T00:00:00Z',
    config: { Env: [`PATH=${toolsDirectory}`], Cmd: [`${toolsDirectory}/sh`] },
    history: [
      { created: '1970-01-01T00:00:00Z', created_by: 'slimtrace debug', comment: `busybox ${busybox.version}` },
    ],
  };
  return await writeImage(target, name, config, [writeLayer({ files, whiteouts: [] }, nothingToRead)]);
}

/** For a layer every file of which brings its own contents. */
export const nothingToRead: ContentSource = { fetch: async () => {}, read: unexpected, stream: unexpected };

function unexpected(path: ImagePath): never {
  throw new Error(`${path} has no contents`);
}
