declare const SLIMTRACE_VERSION: string | undefined;

/** The package's version, put in by the bundler; sources that run unbundled say `0.0.0-dev`. */
export const version: string = typeof SLIMTRACE_VERSION === 'string' ? SLIMTRACE_VERSION : '0.0.0-dev';

/** The day of that version, as the changelog has it once it is released: what no clock dates, and SOURCE_DATE_EPOCH doesn't. */
export const versionDate = '2026-11-22';
