/** A token that its issuer made recognisable. */
export interface TokenFormat {
  readonly what: string;
  /** Short bytes that each of them has, to look for before anything else. */
  readonly needle: string;
  /** The whole token, no more and no less. */
  readonly pattern: RegExp;
}

const format = (what: string, needle: string, body: string): TokenFormat => ({
  what,
  needle,
  pattern: new RegExp(`(?<![A-Za-z0-9_])(?:${body})(?![A-Za-z0-9])`, 'g'),
});

/**
 * Formats as their issuers document them (AWS "IAM identifiers", GitHub "About authentication", GitLab "Token overview",
 * Slack "Token types", npm "About access tokens", Stripe "API keys", Docker Hub, PyPI "Help", Anthropic, age).
 */
export const tokenFormats: readonly TokenFormat[] = [
  format('an AWS access key', 'AKIA', 'AKIA[A-Z2-7]{16}'),
  format('a temporary AWS access key', 'ASIA', 'ASIA[A-Z2-7]{16}'),
  ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((kind) => format('a GitHub token', `${kind}_`, `${kind}_[A-Za-z0-9]{36}`)),
  format('a GitHub token', '_pat_', 'github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'),
  format('a Docker Hub token', '_pat_', 'dckr_pat_[A-Za-z0-9_-]{27}'),
  format('a GitLab token', 'glpat-', 'glpat-[A-Za-z0-9_-]{20}(?:\\.[0-9a-z]{2}\\.[0-9a-z]{9})?'),
  ...['xoxb', 'xoxp', 'xoxa', 'xoxr', 'xoxs'].map((kind) =>
    format('a Slack token', `${kind}-`, `${kind}-(?:2-)?\\d{10,13}-(?:\\d{10,13}-){0,2}[A-Za-z0-9]{20,40}`),
  ),
  format('an npm token', 'npm_', 'npm_[A-Za-z0-9]{36}'),
  format('a Stripe key', '_live_', '[sr]k_live_[A-Za-z0-9]{24,128}'),
  format('a PyPI token', 'pypi-', 'pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,250}'),
  format('an Anthropic key', 'sk-ant', 'sk-ant-[a-z0-9]{3,8}-[A-Za-z0-9_-]{80,120}'),
  format('an age key', 'AGE-SE', 'AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}'),
];

/** How far a token goes at most, before and after its needle. */
export const tokenReach = { before: 16, after: 300 } as const;

/** False for what stands in documentation in place of a token: few different characters, `EXAMPLE`, `1234…`. */
export function isPlausible(token: string): boolean {
  const body = token.replace(/^[A-Za-z]+[_-](?:pat_|live_|ant-|SECRET-KEY-)?/, '');
  return new Set(body).size >= 9 && !/example|x{4}|0{6}|abcdef|123456|redacted|placeholder/i.test(body);
}
