import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { expect } from 'vitest';

/** Checks a CycloneDX document against the specification's own JSON schema, formats and SPDX identifiers too, offline. */
export async function expectValidSbom(text: string): Promise<void> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(text)).toBeNull();
}
