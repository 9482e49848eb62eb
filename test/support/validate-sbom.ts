import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { expect } from 'vitest';

/** Checks a CycloneDX document against the specification's own JSON schema, formats and SPDX identifiers too, offline. */
export async function expectValidSbom(text: string): Promise<void> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(text)).toBeNull();
}

/** Names of the distribution's packages that a document lists, sorted. */
export function systemPackagesOf(text: string): string[] {
  const { components } = JSON.parse(text) as { components: { name: string; purl?: string }[] };
  const system = components.filter(({ purl = '' }) => /^pkg:(?:deb|apk|rpm)\//.test(purl));
  return [...new Set(system.map(({ name }) => name))].sort();
}
