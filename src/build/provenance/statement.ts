/** What a statement points at (in-toto/attestation, spec/v1/resource_descriptor.md). */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly digest: { readonly sha256: string };
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `sha256:…` as in-toto writes it; undefined for any other digest. */
export function digestSet(digest: string): ResourceDescriptor['digest'] | undefined {
  const [, sha256] = /^(?:.*@)?sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  return sha256 === undefined ? undefined : { sha256 };
}

/** A statement of in-toto, version 1 (in-toto/attestation, spec/v1/statement.md), as plain data in a fixed order. */
export function buildStatement(
  subject: readonly ResourceDescriptor[],
  predicateType: string,
  predicate: object,
): object {
  return { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate };
}
