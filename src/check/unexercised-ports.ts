import type { ImageConfig } from '../image/image.js';
import type { Verdict } from './compare-runs.js';

/**
 * The exposed ports, as the config has them (`8080/tcp`, `53/udp`), that no check proved anything about: ascending, and
 * always those of UDP, which no check can ask.
 */
export function unexercisedPorts(config: ImageConfig, verdicts: readonly Verdict[]): readonly string[] {
  const proved = new Set(
    verdicts.flatMap(({ checks }) =>
      checks.flatMap(({ kind, check }) => (kind === 'same' && 'port' in check ? [check.port] : [])),
    ),
  );
  return Object.keys(config.ExposedPorts ?? {})
    .map((exposed) => (exposed.includes('/') ? exposed : `${exposed}/tcp`))
    .filter((exposed) => !(exposed.endsWith('/tcp') && proved.has(Number.parseInt(exposed, 10))))
    .sort((left, right) => Number.parseInt(left, 10) - Number.parseInt(right, 10));
}
