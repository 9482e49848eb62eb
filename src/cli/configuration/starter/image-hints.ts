import { exposedTcpPorts } from '../../../check/plan-checks.js';
import type { ImageConfig } from '../../../image/image.js';
import { printable } from '../../../report/format.js';
import { quote } from './quote.js';

/** Ports whose services don't speak HTTP (IANA's registry of ports, and what the usual images expose). */
const otherServices: ReadonlyMap<number, string> = new Map([
  [22, 'ssh'],
  [25, 'smtp'],
  [53, 'dns'],
  [389, 'ldap'],
  [1883, 'mqtt'],
  [3306, 'MySQL'],
  [5432, 'PostgreSQL'],
  [5672, 'AMQP'],
  [6379, 'Redis'],
  [9042, 'Cassandra'],
  [9092, 'Kafka'],
  [11211, 'memcached'],
  [27017, 'MongoDB'],
]);

/** What asks such a service whether it is there, by the client that its image brings along. */
const clients: ReadonlyMap<number, string> = new Map([
  [3306, 'mysqladmin ping'],
  [5432, 'pg_isready'],
  [6379, 'redis-cli ping'],
  [27017, 'mongosh --eval db.version()'],
]);

/** Lines about one image, from its configuration: comments, all of them. */
export function hintsOf(config: ImageConfig | undefined): string[] {
  if (config === undefined) return [...general];
  return [
    ...commandHints(config),
    ...checkHints(config),
    ...userHints(config),
    ...volumeHints(config),
    ...envHints(config),
  ];
}

const general = [
  '# Without checks, slim asks each exposed port for /, uses the HEALTHCHECK, or else runs the image to its exit.',
  '# Exercise what production uses:',
  '# http: [/, "GET /login=200"]',
  '# exec: ["my-command --version"]',
];

function commandHints({ Entrypoint, Cmd }: ImageConfig): string[] {
  const words = [...(Entrypoint ?? []), ...(Cmd ?? [])];
  return words.length === 0
    ? ['# It has no command: say one.', '# command: []']
    : [`# It runs: ${shown(words.join(' '))}`];
}

function checkHints(config: ImageConfig): string[] {
  const lines: string[] = [];
  const ports = exposedTcpPorts(config);
  const other = ports.filter((port) => otherServices.has(port));
  const web = ports.filter((port) => !otherServices.has(port));
  const health = config.Healthcheck?.Test ?? [];
  const hasHealth = health.length > 0 && health[0] !== 'NONE';
  if (hasHealth) lines.push(`# Its HEALTHCHECK is made too: ${shown(health.slice(1).join(' '))}`);
  if (web.length > 0) {
    lines.push(
      `# It exposes ${web.join(', ')}, which slim asks for / unless you say what to ask. Exercise what production uses:`,
    );
    lines.push('# http: [/, "GET /login=200", "POST /login=302"]');
  }
  for (const port of other)
    lines.push(
      `# Port ${port} (${otherServices.get(port)}) has to accept connections; a command of its own proves more:`,
    );
  if (other.length > 0) {
    const commands = other.flatMap((port) => clients.get(port) ?? []);
    const shownCommands = commands.length > 0 ? commands : ['the-client --ask-for-something'];
    lines.push(`# tcp: [${other.join(', ')}]`, `# exec: ${JSON.stringify(shownCommands)}`);
  }
  if (ports.length === 0 && !hasHealth)
    lines.push(
      '# It exposes no port, and is run to its end. Give a server a check, and a job what it needs:',
      '# tcp: 8080',
      '# exit: true',
    );
  return lines;
}

function userHints({ User = '' }: ImageConfig): string[] {
  const isRoot = /^(?:|0|root)(?::.*)?$/.test(User);
  return isRoot ? ['# It runs as root. If it need not:', '# user: nonroot'] : [];
}

function volumeHints({ Volumes }: ImageConfig): string[] {
  const paths = Object.keys(Volumes ?? {});
  if (paths.length === 0) return [];
  return [
    '# It keeps data in volumes; what must be in them for a check to pass:',
    '# volume:',
    ...paths.map((path) => `#   - ${quote(`./data:${shown(path)}`)}`),
  ];
}

/** Names of variables whose values come from outside, by how they are called. */
const fromOutside = /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|CREDENTIALS|_URL|_URI|_DSN|_HOST|_FILE)$/i;

function envHints({ Env = [] }: ImageConfig): string[] {
  const names = Env.flatMap((setting) => {
    const [name = '', ...value] = setting.split('=');
    return value.join('=') === '' || fromOutside.test(name) ? [name] : [];
  });
  if (names.length === 0) return [];
  return [
    '# Variables that look as if they came from outside; a name alone passes on what the environment has:',
    '# env:',
    ...names.map((name) => `#   - ${quote(shown(name))}`),
  ];
}

const longest = 100;

/** Text of an image's in a comment: one line, nothing that a terminal or a parser takes for more, not too long. */
function shown(text: string): string {
  const line = printable(text);
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
