import type { NetworkMember } from './engine.js';

/** What we read of `docker container inspect`, or Podman's, about networks (Docker Engine API v1.41, EndpointSettings). */
export interface MemberInspect {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Running: boolean; readonly StartedAt: string };
  readonly NetworkSettings: {
    readonly Networks?: Readonly<
      Record<string, { readonly NetworkID?: string; readonly Aliases?: readonly string[] | null }>
    > | null;
  };
}

/** How others in a network, given by its name or ID, find a container. */
export function toNetworkMember(inspected: MemberInspect, network: string): NetworkMember {
  const { Id: id, State, NetworkSettings } = inspected;
  const name = inspected.Name.replace(/^\//, '');
  const joined = Object.entries(NetworkSettings.Networks ?? {}).filter(
    ([known, { NetworkID = '' }]) => known === network || NetworkID.startsWith(network),
  );
  const aliases = joined.flatMap(([, { Aliases }]) => Aliases ?? []);
  return { id, name, names: [name, ...aliases], isRunning: State.Running, startedAt: State.StartedAt };
}
