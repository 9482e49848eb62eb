/** What one attempt of a check came to. `isFinal` ends the waiting though it didn't pass. */
export interface Attempt {
  readonly passed: boolean;
  readonly problem?: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly isFinal?: boolean;
}
