import type { Container, ContainerSpec, Engine, EngineImage } from '../engine/engine.js';
import { agentDirectory, agentFile, agentPath } from './agent-file.js';

/** What the agent's filter and its view beneath mounts need (capabilities(7)). */
const agentCapabilities = ['SYS_ADMIN', 'SYS_PTRACE'];

/** A container spec without what the agent's presence decides. */
export type AgentContainerSpec = Omit<
  ContainerSpec,
  'image' | 'user' | 'entrypoint' | 'addedCapabilities' | 'anonymousVolumes' | 'healthcheck'
>;

/** Creates a container of an image with the agent in it, as root and as its entrypoint; not started. */
export async function openAgentContainer(
  engine: Engine,
  image: EngineImage,
  spec: AgentContainerSpec,
): Promise<Container> {
  const container = await engine.createContainer({
    ...spec,
    image: image.id,
    user: '0:0',
    entrypoint: agentPath,
    addedCapabilities: agentCapabilities,
    anonymousVolumes: [agentDirectory],
    healthcheck: 'none',
  });
  try {
    await container.copyIn(agentFile(image.platform.architecture), agentPath);
    return container;
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw error;
  }
}
