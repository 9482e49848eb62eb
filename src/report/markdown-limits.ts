/**
 * What each place takes, in bytes of UTF-8, with a little left for what stands around it: a comment of GitHub 65,536
 * characters (bytes are never fewer), a step's summary 1 MiB, a note of GitLab 1,000,000 characters.
 */
export const markdownLimits = {
  'github-comment': 65_000,
  'github-summary': 1_040_000,
  'gitlab-note': 990_000,
} as const;

export type MarkdownPlace = keyof typeof markdownLimits;
