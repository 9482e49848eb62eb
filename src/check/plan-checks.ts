import { SlimtraceError } from '../errors.js';
import { healthCommand } from '../image/health-command.js';
import type { ImageConfig } from '../image/image.js';
import type { Check } from './check.js';
import type { HttpRequestSpec } from './parse-check.js';

/** What the user asked to be checked. */
export interface CheckRequests {
  readonly http: readonly HttpRequestSpec[];
  readonly exec: readonly (readonly string[])[];
  readonly tcp: readonly number[];
  /** Ports for `http`, besides the image's exposed ones when there are none here. */
  readonly ports: readonly number[];
  /** The exit code the container must end with by itself; undefined when it is to stay up. */
  readonly exit: number | undefined;
}

export interface CheckPlan {
  readonly checks: readonly Check[];
  /** True when the user named none and the image's configuration chose them. */
  readonly isDefault: boolean;
}

/** Decides the checks: what was asked for, else what the image's config suggests. Throws `usage` on contradictions. */
export function planChecks(requests: CheckRequests, config: ImageConfig): CheckPlan {
  const asked = askedChecks(requests, config);
  if (requests.exit !== undefined) {
    if (asked.length > 0)
      throw new SlimtraceError('usage', { problem: '--exit cannot be combined with --http, --exec or --tcp' });
    return { checks: [{ kind: 'exit', exitCode: requests.exit }], isDefault: false };
  }
  const health = healthChecks(config);
  if (asked.length > 0) return { checks: [...asked, ...health], isDefault: false };
  const chosen = [...defaultPortChecks(requests, config), ...health];
  return { checks: chosen.length > 0 ? chosen : [{ kind: 'exit', exitCode: 0 }], isDefault: true };
}

function askedChecks(requests: CheckRequests, config: ImageConfig): Check[] {
  const ports = requests.ports.length > 0 ? requests.ports : exposedTcpPorts(config);
  if (requests.http.length > 0 && ports.length === 0) {
    throw new SlimtraceError('usage', {
      problem: '--http needs a port, and the image exposes none',
      hint: 'add --port N with the port the application listens on',
    });
  }
  return [
    ...requests.http.flatMap((spec) => ports.map((port): Check => ({ kind: 'http', ...spec, port, isDefault: false }))),
    ...requests.tcp.map((port): Check => ({ kind: 'tcp', port })),
    ...requests.exec.map((command): Check => ({ kind: 'exec', command })),
  ];
}

function defaultPortChecks(requests: CheckRequests, config: ImageConfig): Check[] {
  const ports = requests.ports.length > 0 ? requests.ports : exposedTcpPorts(config);
  return ports.map((port) => ({ kind: 'http', method: 'GET', path: '/', port, status: undefined, isDefault: true }));
}

/** TCP ports of EXPOSE, ascending; UDP ones can't be asked anything. */
export function exposedTcpPorts(config: ImageConfig): number[] {
  return Object.keys(config.ExposedPorts ?? {})
    .flatMap((exposed) => {
      const match = /^(\d+)(?:\/tcp)?$/.exec(exposed);
      return match === null ? [] : [Number(match[1])];
    })
    .sort((left, right) => left - right);
}

function healthChecks(config: ImageConfig): Check[] {
  const command = healthCommand(config);
  return command === undefined ? [] : [{ kind: 'healthcheck', command }];
}
