import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declareSlimming, readConfigKeys } from '../../../src/cli/configuration/config-keys.ts';
import { readConfiguration } from '../../../src/cli/configuration/read-configuration.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'unit-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const write = async (text: string) => {
  const file = join(directory, 'slimtrace.yaml');
  await writeFile(file, text);
  return file;
};

const read = async (text: string, only?: string) =>
  await readConfiguration(await write(text), { env: { TAG: '1.2' }, only });

/** What is wrong, without the file's name. */
const problemsOf = async (text: string, only?: string): Promise<string[]> => {
  const error = await read(text, only).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return (error?.message ?? '').split('\n').map((line) => line.replaceAll(`${directory}/`, ''));
};

describe('a configuration', () => {
  test('has a key for every flag of slim', () => {
    const { image, scenario, budgets } = readConfigKeys();
    const keys = new Set([...image, ...scenario, ...budgets].map(({ name }) => name));
    const flags = declareSlimming().options.map(({ long }) => long?.replace(/^--(?:no-)?/, '') ?? '');
    expect(flags.length).toBeGreaterThan(50);
    expect(flags.filter((flag) => !keys.has(flag))).toEqual(['scenario']);
    for (const key of [...image, ...scenario, ...budgets]) expect(key.description, key.name).not.toBe('');
  });

  test('is what the flags would have said', async () => {
    const { images, ci } = await read(`
version: 1
defaults:
  timeout: 90s
  http: /
  env: {LANG: C, HOME: , PORT: 8080}
  include-shell: true
  budgets: {max-files: 500}
images:
  web:
    image: app:$\{TAG}
    command: npm run "the start"
    http: [/, GET /login=302]
    exec: sh -c 'echo $$HOME'
    heal: false
    certs: false
    include-shell: false
    user: 1000
    budgets: {max-size: 120MB, fail-on: [shell, setuid]}
    healthcheck: [curl, -f, http://localhost]
    scenarios:
      job: {command: [python3, job.py], exit: true}
      other: {exit: 3, env: [A=1]}
      plain:
  jq: {image: jq:1, http: [], heal: true, command: [-n, '1']}
ci: {concurrency: 3, fail-fast: true, accepted: sizes.json, deadlines: {trace: 5m, total: 30m}}
`);
    expect(images.map(({ name, image, line, command }) => [name, image, line, command])).toEqual([
      ['web', 'app:1.2', 10, ['npm', 'run', 'the start']],
      ['jq', 'jq:1', 25, ['-n', '1']],
    ]);
    const [web, jq] = images.map(({ flags }) => flags);
    expect(web).toMatchObject({
      timeout: '90s',
      stopTimeout: '3',
      heal: false,
      certs: false,
      user: '1000',
      maxSize: '120MB',
      maxFiles: '500',
      failOn: ['shell', 'setuid'],
      healthcheck: '["curl","-f","http://localhost"]',
      packageRecords: true,
      engine: 'auto',
    });
    expect(web).not.toHaveProperty('includeShell');
    expect(web?.runs).toEqual([
      {
        env: ['LANG=C', 'HOME', 'PORT=8080'],
        http: ['/', 'GET /login=302'],
        exec: ["sh -c 'echo $HOME'"],
      },
      { scenario: 'job', command: ['python3', 'job.py'], exit: true },
      { scenario: 'other', exit: '3', env: ['A=1'] },
      { scenario: 'plain' },
    ]);
    expect(jq).toMatchObject({ heal: true, includeShell: true, runs: [{ http: [] }] });
    expect(ci).toMatchObject({
      concurrency: '3',
      failFast: true,
      accepted: join(directory, 'sizes.json'),
      deadlines: { trace: '5m', total: '30m' },
      report: undefined,
    });
  });

  test('names files from where it is, and images as they are called', async () => {
    await writeFile(join(directory, 'app.tar'), '');
    await writeFile(join(directory, 'list'), '/etc/x\n');
    const { images } = await read(`
images:
  a: {image: ./app.tar, include-from: list, sbom: out/sbom.json, output: oci:slim, base: debian:12}
  b: {image: oci-archive:app.tar, lock: /etc/lock, volume: [./data:/data, name:/x, /abs:/y]}
  c: {image: app/app.tar, distroless-from: ./bases}
  d: {image: app.tar}
`);
    const inside = (path: string) => join(directory, path);
    const [a, b, c, d] = images;
    expect(images.map(({ image }) => image)).toEqual([
      inside('app.tar'),
      `oci-archive:${inside('app.tar')}`,
      'app/app.tar',
      inside('app.tar'),
    ]);
    expect(a?.flags).toMatchObject({
      includeFrom: [inside('list')],
      sbom: inside('out/sbom.json'),
      output: `oci:${inside('slim')}`,
      base: 'debian:12',
    });
    expect(b?.flags).toMatchObject({
      lock: '/etc/lock',
      runs: [{ volume: [`${inside('data')}:/data`, 'name:/x', '/abs:/y'] }],
    });
    expect(c?.flags.distrolessFrom).toBe(inside('bases'));
    expect(d?.flags.certs).toBeUndefined();
  });

  test('may hold packs, which can be left out by name', async () => {
    const pack = '{name: mine, because: it does, when: {kept: [/a]}, keep: [/b]}';
    const { images } = await read(`images: {a: {image: x, packs: [${pack}], without: [mine]}}`);
    expect(images[0]?.flags.packs).toEqual([
      { name: 'mine', because: 'it does', when: { kept: ['/a'] }, keep: ['/b'] },
    ]);
    expect(await problemsOf('images: {a: {image: x, packs: {name: x}}}')).toEqual([
      'slimtrace.yaml:1:31: packs, pack "x": lacks "because"',
    ]);
  });

  test('tells all that is wrong at once, with places and the keys that were probably meant', async () => {
    expect(
      await problemsOf(`version: 2
defaults: {max-size: 3}
image: x
images:
  web:
    image: app:$\{NOPE}
    htp: /
    http: nonsense
    max_size: 3
    layers: many
    exit: {}
    heal: maybe
    environment: {A: 1}
    port: [99999]
    timeout: soon
    budgets: {max-sizes: 3, max-size: huge, min-reduction: }
    scenarios: {"a b": }
ci: {concurency: 1, concurrency: 0, deadlines: {tracing: 3, trace: never}}
`),
    ).toMatchSnapshot();
  });

  test.each([
    ['nothing', '', '1:1: it names no image: write images:, and below it NAME:, and below that image: REFERENCE'],
    ['a list', '- x', '1:1: a configuration is a list of keys with values, and here is a list'],
    ['no image', 'images: {a: {http: /}}', '1:10: a has no image: write image: REFERENCE below it'],
    [
      'a key that would be a prototype',
      'images: {__proto__: {image: x}}',
      '1:10: "__proto__" is not a name for an image here (letters, digits, . _ -)',
    ],
    ['a name that no defence has', 'images: {a: {image: x, without: foo}}', '1:10: a: without "foo" is neither'],
    ['flags that don’t go together', 'images: {a: {image: x, debug-busybox: y}}', 'debug-busybox goes with debug-tag'],
    [
      'a user whom nothing proves',
      'images: {a: {image: x, user: nonroot, run-user: root}}',
      '1:10: a: user says who the slim image runs as',
    ],
    ['one file for two', 'images: {a: {image: x, report: r}, b: {image: y, report: ./r}}', 'and so does a'],
    ['one file twice', 'images: {a: {image: x, report: r, sbom: ./r}}', 'a: report and sbom are both r'],
    [
      'a variable that would be a map',
      `images: {a: {image: x, env: {A: \${B:?x}}}}`,
      'a { can’t stand here: inside of {…} or […], a value with',
    ],
    ['a file that isn’t there', 'images: {a: {image: x, include-from: nowhere}}', '1:10: a: could not read nowhere'],
    ['a NUL', 'images: {a: {image: "x\\0"}}', '1:21: image can’t have a NUL in it'],
  ])('refuses %s', async (_, text, problem) => {
    expect((await problemsOf(text)).join('\n')).toContain(problem);
  });

  test('asks only for the variables of the image that is meant', async () => {
    const text = 'images: {a: {image: x}, b: {image: "y:$NOPE"}}\nci: {state: $NOPE}';
    expect(await problemsOf(text, 'a')).toEqual(['']);
    expect(await problemsOf(text, 'b')).toEqual([expect.stringContaining('1:36: image: the variable NOPE is not set')]);
    expect(await problemsOf(text)).toEqual([
      expect.stringContaining('2 mistakes'),
      expect.anything(),
      expect.anything(),
    ]);
  });
});
