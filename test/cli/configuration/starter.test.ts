import { expect, test } from 'vitest';
import { readConfigKeys } from '../../../src/cli/configuration/config-keys.ts';
import { nameImages, renderStarter } from '../../../src/cli/configuration/starter/starter.ts';
import { parseYaml } from '../../../src/schema/yaml.ts';

test('what an image says of itself stays in comments, and names no secret’s value', () => {
  const hostile = 'x\nimages: {evil: {image: y}}\r\u2028\u0085\u001b[31m';
  const text = renderStarter(
    [
      {
        reference: 'reg:5000/team/app$x"y:1',
        config: {
          Cmd: [hostile],
          Volumes: { [`/data${hostile}`]: {} },
          Env: ['DB_PASSWORD=hunter2', `${hostile}_URL=z`, 'PATH=/bin'],
          Healthcheck: { Test: ['CMD', hostile] },
          ExposedPorts: { '8080/tcp': {}, '6379/tcp': {} },
        },
      },
    ],
    readConfigKeys(),
  );
  expect(text).not.toMatch(/hunter2|[\r\u2028\u0085\u001b]/);
  const { root, problems } = parseYaml(Buffer.from(text));
  expect(problems).toEqual([]);
  expect(root).toMatchObject({
    entries: [
      { key: 'version' },
      {
        key: 'images',
        value: { entries: [{ value: { entries: [{ key: 'image', value: { value: 'reg:5000/team/app$$x"y:1' } }] } }] },
      },
    ],
  });
  expect(text).toContain('# tcp: [6379]\n');
  expect(text).toContain('# exec: ["redis-cli ping"]\n');
  expect(text).toContain('#   - "DB_PASSWORD"');
});

test('images are called by the last part of their names', () => {
  const id = `sha256:${'a'.repeat(64)}`;
  const references = ['team/web:1', 'web', 'oci-archive:out/job.tar:v1', 'sub/app.tar.gz', id, '_x'];
  expect(nameImages(references)).toEqual(['web', 'web-2', 'job', 'app', 'image', 'x']);
});
