/** One thing that the slim image answers differently. `undefined`: it is not there. */
export interface Difference {
  /** `status`, `header etag`, `body line 3`, `body $.user.name` … */
  readonly field: string;
  readonly original: string | undefined;
  readonly slim: string | undefined;
}
