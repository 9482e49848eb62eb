declare const SLIMTRACE_VERSION: string | undefined;

/** The package's version, put in by the bundler; sources that run unbundled say `0.0.0-dev`. */
export const version: string = typeof SLIMTRACE_VERSION === 'string' ? SLIMTRACE_VERSION : '0.0.0-dev';
