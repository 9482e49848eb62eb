// Writes the configuration of the one image that the action's inputs describe to stdout, as JSON, which is YAML too.

const input = (name) => (process.env[`SLIMTRACE_${name}`] ?? '').trim();

/** In a configuration, `$` begins a variable. */
const literal = (text) => text.replaceAll('$', () => '$$');

/** Without what wasn't given. */
const given = (entries) => Object.fromEntries(entries.filter(([, value]) => value.length > 0));

function readChecks(text) {
  const checks = { http: [], exec: [], tcp: [], exit: '' };
  for (const line of text.split('\n').map((part) => part.trim())) {
    if (line === '') continue;
    const [, kind, value] = /^(http|exec|tcp|exit):\s*(.+)$/.exec(line) ?? [];
    if (kind === undefined)
      throw new Error(`checks: ${JSON.stringify(line)} is not http:, exec:, tcp: or exit: and what it takes`);
    if (kind === 'exit') checks.exit = literal(value);
    else checks[kind].push(literal(value));
  }
  return Object.entries(checks);
}

/** What the image is called in what people read: a reference's last part, without tag and digest. */
function nameOf(reference) {
  const [, name] =
    /^(?!docker-archive:|oci-archive:|oci:)(?:.*\/)?([A-Za-z0-9][\w.-]*)(?:[:@].*)?$/.exec(reference) ?? [];
  return name ?? 'image';
}

function configure() {
  if (input('CONFIG') !== '' || input('IMAGES') !== '') throw new Error('give either image, or config and images');
  const budgets = given([
    ['max-size', literal(input('MAX_SIZE'))],
    ['min-reduction', literal(input('MIN_REDUCTION'))],
    [
      'fail-on',
      input('FAIL_ON')
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(literal),
    ],
  ]);
  const image = given([
    ['image', literal(input('IMAGE'))],
    ['tag', literal(input('TAG'))],
    ...readChecks(input('CHECKS')),
  ]);
  // Of a file that is gone afterwards, nothing is to stay where runs are resumed from.
  const ci = { state: literal(`${process.env.RUNNER_TEMP}/slimtrace/state.json`) };
  return { version: 1, images: { [nameOf(input('IMAGE'))]: { ...image, budgets } }, ci };
}

try {
  process.stdout.write(`${JSON.stringify(configure(), undefined, 2)}\n`);
} catch (error) {
  // Of its own words and of JSON strings: no line of it is a command to the runner.
  process.stderr.write(`::error::slimtrace: ${error.message.replaceAll('%', '%25')}\n`);
  process.exitCode = 2;
}
