import type { Engine, Exposure, NetworkMember, RunOptions } from './engine/engine.js';
import { SlimtraceError } from './errors.js';

interface StandIn {
  readonly run: Pick<RunOptions, 'network'>;
  readonly exposure: Pick<Exposure, 'name' | 'networkAliases'>;
}

/** A container that answers to a name which the traced one has in the same network. */
export interface Rival {
  readonly container: string;
  readonly name: string;
  readonly network: string;
}

/**
 * Makes sure that the traced container will be the only one by its names in the user's network: an engine resolves a name to
 * all that have it, and what goes to another one is in no trace. Throws `usage` when one is there already. What it returns
 * is asked afterwards, and finds those that came meanwhile: Docker Compose's `run` starts what a service depends on.
 */
export async function requireOnlyName(
  { run: { network }, exposure }: StandIn,
  engine: Pick<Engine, 'kind' | 'membersOf' | 'sweep'>,
): Promise<() => Promise<readonly Rival[]>> {
  const names = new Set([...exposure.networkAliases, ...(exposure.name === undefined ? [] : [exposure.name])]);
  if (network === undefined || names.size === 0 || engine.membersOf === undefined) return async () => [];
  const find = async () => rivalsOf((await engine.membersOf?.(network)) ?? [], names);
  const isRunning = ({ member }: { readonly member: NetworkMember }) => member.isRunning;
  let before = await find();
  // It may be one of ours, of a run that was killed.
  if (before.some(isRunning) && (await engine.sweep()) > 0) before = await find();
  const running = before.find(isRunning);
  if (running !== undefined) {
    const { member, name } = running;
    throw new SlimtraceError('usage', {
      problem: `${member.name} has the name ${name} in the network ${network} already: requests would go to either`,
      hint: `stop it first: \`${engine.kind} stop ${member.name}\` (with Docker Compose, \`up --detach --scale ${name}=0\` starts all but that service)`,
    });
  }
  const known = new Set(before.map(({ member }) => lifeOf(member)));
  return async () =>
    (await find())
      .filter(({ member }) => !known.has(lifeOf(member)))
      .map(({ member, name }) => ({ container: member.name, name, network }));
}

function rivalsOf(members: readonly NetworkMember[], names: ReadonlySet<string>) {
  return members.flatMap((member) => {
    const name = member.names.find((own) => names.has(own));
    return name === undefined ? [] : [{ member, name }];
  });
}

/** A container that was started again lives once more. */
function lifeOf({ id, startedAt }: NetworkMember): string {
  return `${id} ${startedAt}`;
}
