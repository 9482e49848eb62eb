import { describe, expect, test } from 'vitest';
import { describeRequest, type SlimRequest } from '../../../src/build/provenance/describe-request.js';
import { buildProvenance, type ProvenanceFacts } from '../../../src/build/provenance/slsa.js';
import { withholdSecrets } from '../../../src/build/provenance/withhold.js';

const run = {
  env: ['API=hunter22', 'EMPTY=', 'FROM_OUTSIDE'],
  envFiles: ['/home/me/secret.env'],
  volumes: ['/home/me/data:/data:ro', 'cache:/var/cache', '/srv'],
  network: undefined,
  user: undefined,
  workdir: undefined,
  entrypoint: undefined,
  command: ['serve', '--password', 'hunter23', '--log=info'],
};
const request: SlimRequest = {
  image: 'app:1',
  name: 'app:1-slim',
  scenarios: [
    {
      name: 'default',
      run,
      checks: [
        { kind: 'exec', command: ['client', '-a', 'hunter22', 'ping'] },
        { kind: 'http', method: 'GET', path: '/in?access_token=hunter24&x=1', port: 80, status: 200, isDefault: false },
      ],
    },
  ],
  selection: {
    include: [],
    exclude: [],
    includeShell: false,
    certificates: true,
    without: new Set(['node', 'java']),
    granularity: { default: 'file', overrides: [] },
    packs: [],
  },
  nodeFileTrace: false,
  result: {
    base: undefined,
    layers: 'single',
    packageRecords: true,
    sbomInImage: false,
    user: undefined,
    failOnSecrets: false,
  },
  healthcheck: 'keep',
  healRounds: 3,
  sourceDateEpoch: undefined,
};

test('a statement gives no secret away: variables by their names, commands and requests without values', () => {
  const described = describeRequest(request);
  expect(JSON.stringify(described)).not.toMatch(/hunter/);
  expect(described).toMatchObject({
    scenarios: [
      {
        env: ['API', 'EMPTY', 'FROM_OUTSIDE'],
        envFiles: ['secret.env'],
        volumes: ['data:/data:ro', 'cache:/var/cache', '/srv'],
        command: ['serve', '--password', '***', '--log=info'],
        checks: ['exec client -a *** ping', 'http GET :80/in?access_token=***&x=1=200'],
      },
    ],
    selection: { without: ['java', 'node'] },
  });
});

test.each([
  [
    ['psql', 'postgres://me:pw@db/x'],
    ['psql', 'postgres://***@db/x'],
  ],
  [
    ['curl', '-H', 'x', '--token=abc', '/a?b=c'],
    ['curl', '-H', 'x', '--token=***', '/a?b=c'],
  ],
  [
    ['sh', '-c', 'API_KEY=abc exec app'],
    ['sh', '-c', 'API_KEY=*** exec app'],
  ],
  [
    ['redis-cli', 'ping'],
    ['redis-cli', 'ping'],
  ],
])('withholdSecrets(%j)', (words, shown) => {
  expect(withholdSecrets(words, ['a', ''])).toEqual(shown);
});

describe('buildProvenance', () => {
  const facts: ProvenanceFacts = {
    name: 'app:1-slim',
    image: { id: `sha256:${'1'.repeat(64)}`, manifestDigest: undefined },
    parameters: {},
    materials: [
      { name: 'original', reference: 'app:1', digest: `app@sha256:${'3'.repeat(64)}` },
      { name: 'odd', digest: 'md5:1' },
    ],
    version: '0.1.0',
    sourceDateEpoch: undefined,
  };

  test('names the image by its config, and by its manifest where there is one', () => {
    const config = {
      name: 'app:1-slim',
      digest: { sha256: '1'.repeat(64) },
      mediaType: 'application/vnd.oci.image.config.v1+json',
    };
    expect(buildProvenance(facts)).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://slsa.dev/provenance/v1',
      subject: [config],
      predicate: {
        buildDefinition: {
          resolvedDependencies: [
            { name: 'original', digest: { sha256: '3'.repeat(64) }, annotations: { reference: 'app:1' } },
          ],
        },
        runDetails: { builder: { id: 'pkg:npm/slimtrace', version: { slimtrace: '0.1.0' } } },
      },
    });
    const image = { ...facts.image, manifestDigest: `sha256:${'2'.repeat(64)}` };
    expect(buildProvenance({ ...facts, image })).toMatchObject({
      subject: [
        { digest: { sha256: '2'.repeat(64) }, mediaType: 'application/vnd.oci.image.manifest.v1+json' },
        config,
      ],
    });
  });

  test('knows no time but SOURCE_DATE_EPOCH', () => {
    expect(JSON.stringify(buildProvenance(facts))).not.toMatch(/On"/);
    expect(buildProvenance({ ...facts, sourceDateEpoch: 0 })).toMatchObject({
      predicate: { runDetails: { metadata: { startedOn: '1970-01-01T00:00:00.000Z' } } },
    });
  });
});
