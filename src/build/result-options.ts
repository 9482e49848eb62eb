/** What a slim image is to stand on. */
export type BaseRequest =
  | { readonly kind: 'image'; readonly reference: string }
  /** The distroless image that fits what is kept, or the named one (`static`, `base`, `cc`, `python3` …), of a repository. */
  | { readonly kind: 'distroless'; readonly variant: string | undefined; readonly repository: string };

/** What a user can say about the image that is made, beyond which files it keeps. */
export interface ResultOptions {
  /** Undefined for scratch. */
  readonly base: BaseRequest | undefined;
  readonly layers: 'single' | 'split';
  /** Keep the records that scanners read of the packages that still own a file. */
  readonly packageRecords: boolean;
  /** Put the SBOM into the image as well. */
  readonly sbomInImage: boolean;
  /** `nonroot`, `UID`, `UID:GID` or a name: the user that the slim image runs as; undefined for the original's. */
  readonly user: string | undefined;
  /** Make no image that would ship secrets. */
  readonly failOnSecrets: boolean;
}
