import { expect, test } from 'vitest';
import { planShippedUser } from '../../../src/build/run-as/shipped-user.js';

const none = { passwd: '', group: '' };
const debian = {
  passwd: 'root:x:0:0:root:/root:/bin/sh\nweb:x:789:790::/srv/web:/bin/false\n',
  group: 'root:x:0:\nweb:x:790:\ntls:x:44:web\nlogs:x:4:web,root\n',
};
const distroless = {
  passwd:
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\nweb:x:1:1::/:/x\n',
  group: 'root:x:0:\nnonroot:x:65532:\n',
};

const planned = (User: string, shipped: typeof none, Env: readonly string[] = ['HOME=/srv/web']) =>
  planShippedUser(undefined, { User, Env }, debian, shipped);

test('a user whom the shipped account files know stays as it is', () => {
  for (const user of ['', 'web', '789', 'web:tls', '12:34'])
    expect(planned(user, debian)).toEqual({ user: undefined, home: undefined, remarks: [] });
});

test('one whom they don’t know, or take for another, is written in numbers', () => {
  expect(planned('web', none)).toMatchObject({ user: '789:790', remarks: [expect.stringContaining('4, 44')] });
  expect(planned('web:tls', none)).toEqual({ user: '789:44', home: undefined, remarks: [] });
  expect(planned('web', distroless)).toMatchObject({ user: '789:790' });
  // An ID that passwd(5) had a group for would be in root's.
  expect(planned('789', none)).toMatchObject({ user: '789:790' });
});

test('the home that the account files gave is kept in the environment', () => {
  expect(planned('web', none, [])).toMatchObject({ home: '/srv/web' });
  expect(planned('web', none, ['HOME=/x'])).toMatchObject({ home: undefined });
  expect(planned('web', debian, [])).toMatchObject({ home: undefined });
});

test('what the original can’t make out stays as it is', () => {
  expect(planned('ghost', debian)).toMatchObject({ user: undefined });
});

test('an ID alone brings the supplementary groups along, where the account files ship', () => {
  const web = { uid: 789, gid: 790, groups: [4, 44], home: '/srv/web' };
  expect(planShippedUser(web, {}, debian, debian)).toEqual({ user: '789', home: undefined, remarks: [] });
  expect(planShippedUser(web, {}, debian, none)).toMatchObject({ user: '789:790', remarks: [expect.any(String)] });
  const nonroot = { uid: 65532, gid: 65532, groups: [], home: '/' };
  expect(planShippedUser(nonroot, {}, debian, distroless)).toEqual({
    user: '65532:65532',
    home: undefined,
    remarks: [],
  });
});
