import type { Engine } from '../engine/engine.js';
import { SlimtraceError } from '../errors.js';
import type { SlimContext } from '../observe-image.js';
import { runCommand } from '../system/process.js';
import { type DockerInfo, examineDocker, examinePodman, type PodmanInfo } from './docker-facts.js';
import { examineEmbedded } from './embedded-facts.js';
import { type Finding, finding, findingOf } from './finding.js';
import { probeTracing } from './probe-tracing.js';

export interface EngineExamination {
  readonly kind: Engine['kind'];
  /** A container was run under the trace there, and what it did was seen. */
  readonly canTrace: boolean;
  readonly findings: readonly Finding[];
}

/** An engine to look at, opened when it is: that it can't be is one of the findings. */
export interface EngineToExamine extends Pick<SlimContext, 'session' | 'signal'> {
  readonly kind: Engine['kind'];
  /** Throws `engine-missing`, `engine-unreachable`. */
  readonly open: () => Promise<Engine>;
}

/** Looks at one engine, and runs a container there under the trace. Throws only when `signal` is aborted. */
export async function examineEngine({ kind, open, session, signal }: EngineToExamine): Promise<EngineExamination> {
  const findings: Finding[] = [];
  try {
    const engine = await open();
    findings.push(...(await factsOf(kind, engine, signal)));
    for (const limit of (await engine.probe()).limits) findings.push(finding('limits', 'warning', limit));
    await probeTracing({ engine, session, signal });
    findings.push(finding('tracing', 'ok', 'a container was run under the trace, and what it did was seen'));
    return { kind, canTrace: true, findings };
  } catch (error) {
    signal.throwIfAborted();
    findings.push(failureOf(kind, error));
    return { kind, canTrace: false, findings };
  }
}

async function factsOf(kind: Engine['kind'], engine: Engine, signal: AbortSignal): Promise<readonly Finding[]> {
  if (kind === 'embedded') return await examineEmbedded();
  const ask = async (args: readonly string[]) => {
    const { exitCode, stdout } = await runCommand(kind, args, { signal, timeoutMs: answerTimeoutMs });
    return exitCode === 0 ? stdout.toString('utf8').trim() : undefined;
  };
  // The docker command may be Podman's (podman-docker).
  const isPodman = engine.kind === 'podman';
  const told = await ask(['info', '--format', isPodman ? 'json' : '{{json .}}']);
  if (told === undefined) return [];
  if (isPodman) return examinePodman(JSON.parse(told) as PodmanInfo);
  const endpoint =
    process.env.DOCKER_HOST ?? (await ask(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']));
  return examineDocker(JSON.parse(told) as DockerInfo, endpoint);
}

const answerTimeoutMs = 20_000;

function failureOf(kind: Engine['kind'], error: unknown): Finding {
  const code = error instanceof SlimtraceError ? error.code : undefined;
  if (code === 'engine-missing' && error instanceof SlimtraceError)
    return finding('engine', 'note', `${kind} is not installed`, error.hint ?? null);
  const about = code === 'engine-unreachable' || code === 'embedded-unavailable' ? 'engine' : 'tracing';
  const found = findingOf(about, error);
  const known = remedies.find(({ symptom }) => symptom.test(found.detail));
  return known === undefined ? found : { ...found, advice: known.advice };
}

/** What engines say that has a remedy of its own. */
const remedies = [
  {
    symptom: /permission denied.*\bsock|\bsock.*permission denied/i,
    advice:
      'this user may not use the engine’s socket: join its group (docker; that is as good as root), or use a rootless engine',
  },
  {
    symptom: /setting rlimit/,
    advice:
      'the engine asks for higher limits than it may have: set default_ulimits = ["nofile=8192:8192", "nproc=8192:8192"] under [containers] in containers.conf',
  },
  {
    symptom: /newuidmap|newgidmap|subuid/,
    advice: 'install the package uidmap (shadow), and give this user subordinate IDs (usermod --add-subuids)',
  },
];
