import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locateNodeFileTrace } from '../../src/node-file-trace/locate.js';
import { traceNodeFiles } from '../../src/node-file-trace/trace-node-files.js';
import { type SmallImage, smallImage, smallTrace } from '../selection/small-image.ts';

let directory: string;
let worker: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'slimtrace-nft-'));
  worker = join(directory, 'worker.mjs');
  const entryPoint = join(import.meta.dirname, '../../src/node-file-trace/worker.ts');
  await build({ entryPoints: [entryPoint], outfile: worker, bundle: true, format: 'esm', platform: 'node' });
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Reached {
  readonly image: SmallImage;
  /** `file < what reaches it`, sorted. */
  readonly ways: readonly string[];
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/** What the real @vercel/nft says of an image whose /app/main.js node was seen to read. */
async function reach(text: string, trace: readonly string[] = ['/app/main.js']): Promise<Reached> {
  const image = smallImage(text);
  const traced = smallTrace(...trace);
  const programs = ['/usr/bin/node'];
  const problems: string[] = [];
  const found = await traceNodeFiles(
    { ...image, config: { WorkingDir: '/app' } },
    { ...traced, paths: traced.paths.map((path) => ({ ...path, programs })) },
    {
      library: locateNodeFileTrace(),
      env: [],
      signal: new AbortController().signal,
      onProblem: (message) => problems.push(message),
      worker,
    },
  );
  const files = [...new Set(found.map(({ path }) => path))];
  return { image, ways: found.map(({ path, parent }) => `${path} < ${parent}`), files, problems };
}

describe('what @vercel/nft says of an image', () => {
  test('a chain of requires, each with what reaches it, and the manifests', async () => {
    const { ways, problems } = await reach(`
      /app/main.js : exports.late = () => require("./late")
      /app/late.js : exports.later = () => require("a")
      /app/node_modules/a/package.json : {"main":"lib"}
      /app/node_modules/a/lib/index.js : 1
      /app/node_modules/unused/index.js : 1
    `);
    expect(problems).toEqual([]);
    expect(ways).toEqual([
      '/app/late.js < /app/main.js',
      '/app/node_modules/a/lib/index.js < /app/late.js',
      '/app/node_modules/a/package.json < /app/late.js',
      '/app/node_modules/a/package.json < /app/node_modules/a/lib/index.js',
    ]);
  });

  test('exports by their conditions', async () => {
    const { files } = await reach(`
      /app/main.js : import "dual"
      /app/node_modules/dual/package.json : {"exports":{"browser":"./b.js","import":"./i.mjs","require":"./r.cjs"}}
      /app/node_modules/dual/b.js : 1
      /app/node_modules/dual/i.mjs : 1
      /app/node_modules/dual/r.cjs : 1
    `);
    expect(files).toEqual(['/app/node_modules/dual/i.mjs', '/app/node_modules/dual/package.json']);
  });

  test('files read by a path made of constants, and a directory of which a name is made up', async () => {
    const { files } = await reach(`
      /app/main.js : const p=require("path");require("fs").readFileSync(p.join(__dirname,"data",".x"));exports.l=n=>require("./locales/"+n)
      /app/data/.x : 1
      /app/data/y : 1
      /app/locales/de.js : 1
      /app/locales/fr.json : {}
      /app/locales/deep/it.js : 1
    `);
    expect(files).toEqual(['/app/data/.x', '/app/locales/de.js', '/app/locales/deep/it.js', '/app/locales/fr.json']);
  });

  test("pnpm's links, as links, and what they lead to", async () => {
    const { files } = await reach(`
      /app/main.js : require("a")
      /app/node_modules/a -> .pnpm/a@1/node_modules/a
      /app/node_modules/.pnpm/a@1/node_modules/a/index.js : require("b")
      /app/node_modules/.pnpm/a@1/node_modules/b -> ../../b@2/node_modules/b
      /app/node_modules/.pnpm/b@2/node_modules/b/index.js : 1
    `);
    expect(files).toEqual([
      '/app/node_modules/.pnpm/a@1/node_modules/a/index.js',
      '/app/node_modules/.pnpm/a@1/node_modules/b',
      '/app/node_modules/.pnpm/b@2/node_modules/b/index.js',
      '/app/node_modules/a',
    ]);
  });

  test('native addons, by the loaders that find them', async () => {
    const prebuilt = `/app/node_modules/fetched/prebuilds/linux-${process.arch}/fetched.node`;
    const { files, problems } = await reach(`
      /app/main.js : require("built");require("fetched")
      /app/node_modules/built/package.json : {}
      /app/node_modules/built/index.js : require("bindings")("built")
      /app/node_modules/built/build/Release/built.node : 1
      /app/node_modules/fetched/package.json : {}
      /app/node_modules/fetched/index.js : require("@mapbox/node-pre-gyp").find;require("node-gyp-build")(__dirname)
      ${prebuilt} : 1
    `);
    expect(problems).toEqual([]);
    expect(files).toContain('/app/node_modules/built/build/Release/built.node');
    expect(files).toContain(prebuilt);
  });

  test('names that are not UTF-8', async () => {
    const { files } = await reach('/app/d\udce4/main.js : require("./e")\n/app/d\udce4/e.js : 1', [
      '/app/d\udce4/main.js',
    ]);
    expect(files).toEqual(['/app/d\udce4/e.js']);
  });

  test('starting at packages, where the application is one', async () => {
    const main = '/usr/local/lib/node_modules/tool/cli.js';
    const { files } = await reach(`${main} : require("./late")\n/usr/local/lib/node_modules/tool/late.js : 1`, [main]);
    expect(files).toEqual(['/usr/local/lib/node_modules/tool/late.js']);
  });

  test('nothing, and nothing is fetched, where no JavaScript ran', async () => {
    const { files, image } = await reach('/app/main.js : require("./a")\n/app/a.js : 1', ['/etc/hosts']);
    expect(files).toEqual([]);
    expect(image.trips).toEqual([]);
  });

  test('in one trip for what is likely, and one for each step into packages that were not seen to load', async () => {
    const { image, files } = await reach(`
      /app/main.js : require("./one")
      /app/one.js : require("a")
      /app/node_modules/a/package.json : {}
      /app/node_modules/a/index.js : require("./deep")
      /app/node_modules/a/deep.js : require("./deeper")
      /app/node_modules/a/deeper.js : require("b")
      /app/node_modules/b/index.js : 1
    `);
    expect(files).toHaveLength(6);
    expect(image.trips).toHaveLength(3);
  });
});

describe('the host', () => {
  const onHost = (name: string, text: string): string => {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };

  test('is never read: files, directories and links that only it has are not there', async () => {
    const path = onHost('secrets/key.js', 'require("./other")');
    onHost('secrets/other.js', '1');
    const { files } = await reach(`
      /app/main.js : const f=require("fs");require("${path}");f.readFileSync("${path}");f.readdirSync("${dirname(path)}/"+x)
      /app/a.js : 1
    `);
    expect(files).toEqual([]);
  });

  test("is not where a directory's files are found: the image is", async () => {
    onHost('names/on-host.js', '1');
    const { files } = await reach(`
      /app/main.js : exports.f=n=>require("fs").readFileSync("${directory}/names/"+n)
      ${directory}/names/in-image.js : 1
    `);
    expect(files).toEqual([`${directory}/names/in-image.js`]);
  });

  test('is not where a loader of native addons is found and run, nor is the one of the image', async () => {
    const loader = 'exports.path = () => "/app/named-by-it.js"';
    const path = onHost('node_modules/node-gyp-build/index.js', loader);
    const image = `
      /app/main.js : require("node-gyp-build")("${directory}")
      /app/named-by-it.js : 1
      ${path} : ${loader}
    `;
    const { files, problems } = await reach(image, ['/app/main.js', path]);
    expect(problems).toEqual([]);
    expect(files).toEqual([]);
  });
});

describe('an image that is not meant to be read', () => {
  test('is not a reason to fail', async () => {
    // The library reads this package's manifest and throws what JSON.parse does.
    const { files, problems } = await reach(`
      /app/main.js : require("sharp")
      /app/node_modules/sharp/package.json : {"main":"lib/index.js"
      /app/node_modules/sharp/lib/index.js : 1
      /app/node_modules/sharp/index.js : require("./lib/index.js")
    `);
    expect(files).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(/^@vercel\/nft gave up \(.+\): only slimtrace's own rules/)]);
  });

  test('loops, broken manifests and endless nesting only cost what is behind them', async () => {
    const { files, problems } = await reach(`
      /app/main.js : require("loop");require("./broken");require("./nested");require("./fine")
      /app/node_modules/loop -> loop
      /app/broken/package.json : {"main":
      /app/nested.js : ${'['.repeat(100_000)}
      /app/fine.js : 1
    `);
    expect(problems).toEqual([]);
    expect(files).toContain('/app/fine.js');
  });

  test('is given up with the run', async () => {
    const image = smallImage('/app/main.js : 1');
    const traced = smallTrace('/app/main.js');
    const trace = { ...traced, paths: traced.paths.map((path) => ({ ...path, programs: ['/usr/bin/node'] })) };
    const options = { library: locateNodeFileTrace(), env: [], onProblem: () => {}, worker };
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(traceNodeFiles({ ...image, config: {} }, trace, { ...options, signal })).rejects.toThrow(
      'interrupted',
    );
  });
});
