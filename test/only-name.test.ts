import { expect, test, vi } from 'vitest';
import { type MemberInspect, toNetworkMember } from '../src/engine/network-members.ts';
import { requireOnlyName } from '../src/only-name.ts';

const network = 'shop_default';
const id = 'a'.repeat(64);

const inspected = (name: string, aliases: readonly string[] | null, isRunning = true): MemberInspect => ({
  Id: name,
  Name: `/${name}`,
  State: { Running: isRunning, StartedAt: '2026-01-01T00:00:00Z' },
  NetworkSettings: { Networks: { [network]: { NetworkID: id, Aliases: aliases }, other: { Aliases: ['elsewhere'] } } },
});

/** Asks for the name `web`, and `shop` for the container, while these answer one after the other. */
function standIn(...answers: readonly (readonly MemberInspect[])[]) {
  let asked = 0;
  const sweep = vi.fn(async () => 0);
  const engine = {
    kind: 'docker' as const,
    sweep,
    membersOf: async () => (answers[asked++] ?? []).map((member) => toNetworkMember(member, network)),
  };
  const exposure = { name: 'shop', networkAliases: ['web', 'www'] };
  return { sweep, watch: requireOnlyName({ run: { network }, exposure }, engine) };
}

test('a member goes by its own name and by those that it has in that network, given by name or by ID', () => {
  const member = inspected('shop_web_1', ['web', '0123']);
  expect(toNetworkMember(member, network).names).toEqual(['shop_web_1', 'web', '0123']);
  expect(toNetworkMember(member, id.slice(0, 12)).names).toEqual(['shop_web_1', 'web', '0123']);
  expect(toNetworkMember(inspected('shop', null), network).names).toEqual(['shop']);
  expect(toNetworkMember({ ...member, NetworkSettings: { Networks: null } }, network).names).toEqual(['shop_web_1']);
});

test('another container that has a name of ours and runs is refused, with what to do', async () => {
  await expect(standIn([inspected('redis', ['db']), inspected('shop_web_1', ['web'])]).watch).rejects.toThrow(
    /shop_web_1 has the name web in the network shop_default already/,
  );
  await expect(standIn([inspected('web', [])]).watch).rejects.toThrow('web has the name web');
});

test('one that is stopped, or has such a name elsewhere, is not in the way', async () => {
  const stopped = inspected('shop_web_1', ['web'], false);
  const find = await standIn([stopped, inspected('x', ['elsewhere'])], [stopped]).watch;
  expect(await find()).toEqual([]);
});

test('one that a killed run of ours left goes first', async () => {
  const { sweep, watch } = standIn([inspected('left', ['web'])], [], []);
  sweep.mockResolvedValue(1);
  expect(await (await watch)()).toEqual([]);
  expect(sweep).toHaveBeenCalledOnce();
});

test('one that came meanwhile is found, though it has ended, and one that was started again', async () => {
  const stopped = inspected('shop_web_1', ['web'], false);
  const restarted = { ...stopped, State: { Running: false, StartedAt: '2026-01-02T00:00:00Z' } };
  const find = await standIn([stopped], [restarted, inspected('shop_web_2', ['www'], false)]).watch;
  expect(await find()).toEqual([
    { container: 'shop_web_1', name: 'web', network },
    { container: 'shop_web_2', name: 'www', network },
  ]);
});

test('nobody is asked where there is no network, or no name in it', async () => {
  const engine = { kind: 'docker' as const, sweep: async () => 0, membersOf: () => expect.fail('asked') };
  const named = { name: 'shop', networkAliases: [] };
  expect(await (await requireOnlyName({ run: { network: undefined }, exposure: named }, engine))()).toEqual([]);
  const unnamed = { name: undefined, networkAliases: [] };
  expect(await (await requireOnlyName({ run: { network }, exposure: unnamed }, engine))()).toEqual([]);
});
