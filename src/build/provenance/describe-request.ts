import { basename } from 'node:path';
import { type Check, renderCheck } from '../../check/check.js';
import type { RunOptions } from '../../engine/engine.js';
import type { SelectionOptions } from '../../selection/rule.js';
import type { BaseRequest, ResultOptions } from '../result-options.js';
import { withholdSecrets } from './withhold.js';

/** What a user asked for, as far as it decides what comes of it. */
export interface SlimRequest {
  /** The original, as it was named. */
  readonly image: string;
  /** The slim image's name. */
  readonly name: string;
  readonly scenarios: readonly {
    readonly name: string;
    readonly run: RunOptions;
    readonly checks: readonly Check[];
  }[];
  readonly selection: SelectionOptions;
  readonly nodeFileTrace: boolean;
  readonly result: ResultOptions;
  readonly healthcheck: 'keep' | 'none' | { readonly test: readonly string[] };
  readonly healRounds: number;
  readonly sourceDateEpoch: number | undefined;
}

/**
 * A request as the parameters of a provenance statement, which is for everybody: of environment variables the names alone,
 * commands and checks without what looks like a secret, files by their own names.
 */
export function describeRequest(request: SlimRequest): object {
  const { image, name, scenarios, result, healthcheck, healRounds, sourceDateEpoch } = request;
  return {
    image,
    name,
    scenarios: scenarios.map(describeScenario),
    selection: describeSelection(request),
    result: {
      base: describeBase(result.base),
      layers: result.layers,
      packageRecords: result.packageRecords,
      sbomInImage: result.sbomInImage,
      user: result.user ?? null,
      healthcheck: typeof healthcheck === 'string' ? healthcheck : withholdSecrets(healthcheck.test, []),
    },
    healRounds,
    sourceDateEpoch: sourceDateEpoch ?? null,
  };
}

function describeScenario({ name, run, checks }: SlimRequest['scenarios'][number]): object {
  const values = run.env.flatMap((variable) => /^[^=]*=(.+)$/s.exec(variable)?.[1] ?? []);
  return {
    name,
    checks: checks.map((check) => renderCheck(withoutSecrets(check, values))),
    command: withholdSecrets(run.command, values),
    entrypoint: run.entrypoint === undefined ? null : withholdSecrets([run.entrypoint], values)[0],
    env: run.env.map((variable) => variable.replace(/=.*$/s, '')),
    envFiles: run.envFiles.map((file) => basename(file)),
    // `SOURCE:TARGET[:OPTIONS]`: of a source on this machine its own name.
    volumes: run.volumes.map((volume) => volume.replace(/^[^:]*\/(?=[^:/]*:)/, '')),
    network: run.network ?? null,
    user: run.user ?? null,
    workdir: run.workdir ?? null,
  };
}

function withoutSecrets(check: Check, values: readonly string[]): Check {
  switch (check.kind) {
    case 'http':
      return { ...check, path: withholdSecrets([check.path], values)[0] ?? '' };
    case 'exec':
    case 'healthcheck':
      return { ...check, command: withholdSecrets(check.command, values) };
    default:
      return check;
  }
}

function describeSelection({ selection, nodeFileTrace }: SlimRequest): object {
  const { include, exclude, includeShell, certificates, without, granularity } = selection;
  return {
    include,
    exclude,
    includeShell,
    certificates,
    without: [...without].sort(),
    granularity: { default: granularity.default, overrides: granularity.overrides },
    nft: nodeFileTrace,
  };
}

function describeBase(base: BaseRequest | undefined): string {
  if (base === undefined) return 'scratch';
  if (base.kind === 'image') return base.reference;
  return base.variant === undefined ? 'distroless' : `distroless:${base.variant}`;
}
