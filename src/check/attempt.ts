import type { Fields } from './field.js';

/** What one attempt of a check came to. `isFinal` ends the waiting though it didn't pass. */
export interface Attempt {
  readonly passed: boolean;
  readonly problem?: string;
  readonly fields: Fields;
  readonly isFinal?: boolean;
}
