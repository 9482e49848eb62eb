import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { baseImage, ensureBaseImage, isInEngine } from './fixture-base.ts';
import { writeHostSettings } from './fixture-host-settings.ts';

const fixturesDirectory = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const repository = 'slimtrace-fixture';

/** What a fixture's `expect.json` says; fixtures/README.md explains each field. */
export interface FixtureExpectation {
  readonly description: string;
  readonly image: string;
  readonly slim: { readonly args: readonly string[]; readonly command: readonly string[] };
  /** The exit code of `slimtrace slim`, 0 when absent. */
  readonly slimExitCode?: number;
  readonly peerSizeBytes: number | null;
  readonly mustKeep: readonly string[];
  readonly mustNotKeep: readonly string[];
  readonly extraChecks: readonly string[];
}

interface FixtureImageOptions {
  /** Told what is being built, just before it is. */
  readonly onBuild?: (name: string) => void;
}

const underWay = new Map<string, Promise<string>>();

/**
 * Makes sure that the fixture's image and those below it are in the engine, built from what is in `fixtures/` now, and resolves to
 * its name, `slimtrace-fixture/<name>:latest`. An image is also tagged with the hash of all that goes into it: it is built only
 * when that tag is missing.
 */
export function ensureFixtureImage(name: string, options: FixtureImageOptions = {}): Promise<string> {
  const known = underWay.get(name) ?? buildUnlessPresent(name, options);
  underWay.set(name, known);
  return known;
}

/** What in `fixtures/` is no case: what they stand on, a project of Compose, an image that no engine builds, a repository. */
const otherDirectories = new Set(['bases', 'compose-project', 'demo', 'example-repository']);

/** The names of all fixtures, in alphabetical order. */
export async function listFixtures(): Promise<string[]> {
  const entries = await readdir(fixturesDirectory, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && !otherDirectories.has(entry.name))
    .map((entry) => entry.name);
  return names.sort();
}

/** The bases that slim images are put on, `distroless/cc-debian12`, as the fixtures are named. */
export async function listDistrolessBases(): Promise<string[]> {
  const families = ['distroless', 'distroless-merged'];
  const names = families.map(async (family) => {
    const entries = await readdir(join(fixturesDirectory, 'bases', family));
    return entries.filter((name) => name !== 'maker').map((name) => `${family}/${name}`);
  });
  return (await Promise.all(names)).flat().sort();
}

/** Reads `fixtures/<name>/expect.json`. */
export async function readExpectation(name: string): Promise<FixtureExpectation> {
  return JSON.parse(await readFile(join(fixturesDirectory, name, 'expect.json'), 'utf8')) as FixtureExpectation;
}

async function buildUnlessPresent(name: string, options: FixtureImageOptions): Promise<string> {
  const recipe = await readRecipe(name);
  const tagged = `${repository}/${name}:${await hashRecipe(name)}`;
  const latest = `${repository}/${name}:latest`;
  if (!(await isInEngine(tagged))) {
    if (recipe.parents.includes(baseImage)) await ensureBaseImage();
    for (const parent of recipe.fixtureParents) await ensureFixtureImage(parent, options);
    options.onBuild?.(name);
    await (recipe.importChanges === undefined
      ? build(recipe, tagged)
      : buildByImport(recipe, recipe.importChanges, tagged));
  }
  await execa('docker', ['tag', tagged, latest]);
  return latest;
}

interface Recipe {
  readonly directory: string;
  readonly dockerfile: string;
  readonly parents: readonly string[];
  readonly fixtureParents: readonly string[];
  /** `docker import --change` lines: the Dockerfile's image writes the fixture's tree to stdout as a tar. */
  readonly importChanges: readonly string[] | undefined;
}

async function readRecipe(name: string): Promise<Recipe> {
  const candidates = [join(fixturesDirectory, name), join(fixturesDirectory, 'bases', name)];
  for (const directory of candidates) {
    const dockerfile = await readFile(join(directory, 'Dockerfile'), 'utf8').catch(() => undefined);
    if (dockerfile === undefined) continue;
    const parents = [...dockerfile.matchAll(/^FROM\s+(\S+)/gm)].map((match) => match[1] ?? '');
    const fixtureParents = parents.flatMap((parent) => parent.match(/^slimtrace-fixture\/([^:]+):latest$/)?.[1] ?? []);
    const changes = await readFile(join(directory, 'import.changes'), 'utf8').catch(() => undefined);
    const importChanges = changes?.split('\n').filter((line) => line !== '');
    return { directory, dockerfile, parents, fixtureParents: [...new Set(fixtureParents)], importChanges };
  }
  throw new Error(`no Dockerfile for the fixture ${name} in ${candidates.join(' or ')}`);
}

// The parents' hashes are part of it; what is expected of an image is not.
async function hashRecipe(name: string): Promise<string> {
  const recipe = await readRecipe(name);
  const hash = createHash('sha256');
  for (const parent of recipe.fixtureParents) hash.update(await hashRecipe(parent));
  const entries = await readdir(recipe.directory, { recursive: true });
  for (const path of entries.sort()) {
    const file = join(recipe.directory, path);
    const { mode } = await stat(file);
    if (path === 'expect.json' || (mode & 0o170000) !== 0o100000) continue;
    hash.update(`${path}\0${(mode & 0o111) === 0 ? '-' : 'x'}\0`).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function build(recipe: Recipe, tag: string): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'slimtrace-fixture-'));
  try {
    await cp(recipe.directory, context, { recursive: true, filter: (path) => basename(path) !== 'expect.json' });
    if (recipe.dockerfile.includes('host-settings')) await writeHostSettings(join(context, 'host-settings'));
    // BuildKit is a separate program with recent clients and can't be counted on; the classic builder is in every engine.
    await execa('docker', ['build', '--force-rm', ...proxyArguments(), '--tag', tag, context], {
      env: { DOCKER_BUILDKIT: '0' },
      all: true,
    }).catch((cause) => {
      throw new Error(`docker build of ${tag} failed:\n${lastLines(cause.all ?? String(cause), 30)}`, { cause });
    });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function buildByImport(recipe: Recipe, changes: readonly string[], tag: string): Promise<void> {
  const maker = `${tag}-maker`;
  await build(recipe, maker);
  const changeArguments = changes.flatMap((change) => ['--change', change]);
  try {
    // Tagged afterwards: what a maker that failed midway wrote may still be an image to the engine.
    const { stdout: id } = await execa('docker', ['run', '--rm', maker], { buffer: { stdout: false } }).pipe('docker', [
      'import',
      ...changeArguments,
      '-',
    ]);
    await execa('docker', ['tag', id, tag]);
  } finally {
    await execa('docker', ['image', 'rm', '--no-prune', maker], { reject: false });
  }
}

// Docker knows these build arguments by itself and keeps them out of the image's history.
function proxyArguments(): string[] {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  return names.filter((name) => process.env[name]).flatMap((name) => ['--build-arg', name]);
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
