import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfigKeys } from '../../src/cli/configuration/config-keys.ts';
import { renderStarter } from '../../src/cli/configuration/starter/starter.ts';
import { schemaNames } from '../../src/cli/schema-names.ts';
import { runInProcess } from '../cli/run-in-process.ts';
import { wholeReport } from '../report/whole-report.ts';

async function validatorOf(name: string) {
  const { stdout, exitCode } = await runInProcess(['schema', name]);
  expect(exitCode).toBe(0);
  const ajv = new Ajv2020({ strict: true, strictTuples: false, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(stdout));
  return (value: unknown) => (validate(value) ? [] : (validate.errors ?? []).map((error) => error.instancePath));
}

describe('slimtrace schema', () => {
  test.each(schemaNames)('%s prints a schema that is one', async (name) => {
    expect(await (await validatorOf(name))(42)).not.toEqual([]);
  });

  test('knows its formats', async () => {
    const { exitCode, stderr } = await runInProcess(['schema', 'confg']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Allowed choices') });
  });

  test('config takes what the reader takes, and says what is wrong where', async () => {
    const validate = await validatorOf('config');
    const good = `
version: 1
defaults: {timeout: 90, env: [A]}
images:
  web:
    image: app:1.2
    http: [/, /x]
    exit: true
    env: {A: 1, B: null}
    layers: $LAYERS
    packs: [a.json, {name: x}]
    scenarios: {a: null, b: {http: /}}
    budgets: {max-size: 120MB, fail-if-larger: true}
ci: {concurrency: 2, deadlines: {trace: 5m}}
`;
    expect(validate(parse(good))).toEqual([]);
    expect(validate(parse(renderStarter([{ reference: 'app:1', config: undefined }], readConfigKeys())))).toEqual([]);
    expect(validate(parse('images: {web: {image: x, max-size: 3}}'))).toEqual(['/images/web']);
    expect(validate(parse('images: {web: {image: x, layers: many}}'))).toContain('/images/web/layers');
    expect(validate(parse('images: {}'))).toEqual(['/images']);
  });

  test('config has the words of the flags', async () => {
    const { stdout } = await runInProcess(['schema', 'config']);
    const { properties } = JSON.parse(stdout).$defs.image;
    expect(properties['heal-rounds']).toMatchObject({
      description: 'how often it is built again with what it missed',
      default: '3',
    });
    expect(properties.heal).toMatchObject({ default: true, description: 'false: only tell what it missed' });
  });

  test('report and full-report describe what is written', async () => {
    const { kept, excluded, fromBase, written, tree, ...report } = JSON.parse(JSON.stringify(wholeReport('')));
    expect((await validatorOf('report'))(report)).toEqual([]);
    const full = { ...report, kept, excluded, fromBase, written, tree };
    expect((await validatorOf('full-report'))(full)).toEqual([]);
    expect((await validatorOf('report'))(full)).not.toEqual([]);
  });
});
