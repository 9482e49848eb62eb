import { expect, test } from 'vitest';
import { hideSecrets, historySecrets } from '../../../src/build/secrets/history-secrets.js';

const token = 'ghp_R4nd0mQ8wErTyUiOpAsDfGhJkLzXcVbNm1qW';

test('secrets of ARGs, commands and URLs are found and hidden, their values never told', () => {
  const steps = [
    'RUN /bin/sh -c make # buildkit',
    `RUN |1 X=${token} /bin/sh -c npm ci # buildkit`,
    '/bin/sh -c #(nop)  ARG DB_PASSWORD=pQ8wErTyUiOp',
    'RUN /bin/sh -c curl https://me:s3cr3tw0rd@host/x # buildkit',
    "RUN /bin/sh -c API_KEY='pQ8 wEr' ./x",
    '/bin/sh -c #(nop)  ENV DB_PASSWORD_FILE=/run/x API_KEY=changeme',
  ];
  const found = historySecrets([...steps.map((created_by) => ({ created_by })), {}]);
  expect(found.map(({ where, what }) => [where.kind === 'config' ? where.field : '', what])).toEqual([
    ['History step 2', 'a GitHub token'],
    ['History step 3', 'DB_PASSWORD, by its name a secret'],
    ['History step 4', 'a URL with a password'],
    ['History step 5', 'API_KEY, by its name a secret'],
  ]);
  expect(steps.map(hideSecrets)).toEqual([
    steps[0],
    'RUN |1 X=… /bin/sh -c npm ci # buildkit',
    '/bin/sh -c #(nop)  ARG DB_PASSWORD=…',
    'RUN /bin/sh -c curl https://…@host/x # buildkit',
    'RUN /bin/sh -c API_KEY=… ./x',
    steps[5],
  ]);
});

test('hostile steps are read in no time', () => {
  const many = 60_000;
  const hostile = ['A'.repeat(many), 'A="'.repeat(many / 3), `A='${'"'.repeat(many)}`, 'a=b '.repeat(many / 4)];
  expect(historySecrets(hostile.map((created_by) => ({ created_by })))).toEqual([]);
  for (const text of hostile) expect(hideSecrets(text)).toBe(text);
});
