import type { ImagePath } from '../path.js';

/** What installed a package; the type in its package URL (package-url/purl-spec, PURL-TYPES.rst). */
export type PackageType = 'deb' | 'apk' | 'rpm' | 'npm' | 'pypi' | 'gem' | 'composer';

/** A package of an image, as its own records tell it. */
export interface InstalledPackage {
  readonly type: PackageType;
  /** With its scope or vendor: `@babel/core`, `symfony/console`. */
  readonly name: string;
  /** Whole, epoch and release too; empty where the records don't say. */
  readonly version: string;
  readonly architecture?: string;
  readonly purl: string;
  /** Of Linux distributions: the source package it was built from, where that is named otherwise. */
  readonly source?: { readonly name: string; readonly version: string | undefined };
  /** As the records say it: names, or expressions. */
  readonly licenses: readonly string[];
  /** Everything that it put into the image and isn't a directory, as real paths; undefined: nobody wrote it down. */
  readonly files: readonly ImagePath[] | undefined;
}

/** What a package of an image's own package manager put there, by its name and architecture. */
export type FilesOfPackage = (name: string, architecture?: string) => readonly ImagePath[] | undefined;

/** Text of a package's records, fit to be a name or a version; undefined when it isn't. */
export function asWord(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text.length > 256 || /[\u0000-\u0020\u007f]/.test(text) ? undefined : text;
}
