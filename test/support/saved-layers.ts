import { execa } from 'execa';
import { openScratch } from './run-docker.ts';

/** The sizes of an image's layers as `docker save` writes them, uncompressed, by diff ID; read with tar and nothing of slimtrace's. */
export async function layerSizesOf(image: string): Promise<ReadonlyMap<string, number>> {
  await using scratch = await openScratch();
  const script = 'docker save "$1" | tar x && sha256sum $(tar_layers)';
  const listing = `tar_layers() { python3 -c 'import json; print("\\n".join(json.load(open("manifest.json"))[0]["Layers"]))'; }`;
  const { stdout } = await execa(
    'bash',
    ['-ec', `${listing}\n${script}\nstat -Lc '%n %s' $(tar_layers)`, 'bash', image],
    {
      cwd: scratch.path,
    },
  );
  const lines = stdout.split('\n');
  const digests = new Map(
    lines.flatMap((line) => {
      const [, digest, file] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
      return digest === undefined || file === undefined ? [] : [[file, `sha256:${digest}`] as const];
    }),
  );
  return new Map(
    lines.flatMap((line) => {
      const [file = '', bytes] = line.split(' ');
      const digest = digests.get(file);
      return digest === undefined || bytes === undefined ? [] : [[digest, Number(bytes)] as const];
    }),
  );
}
