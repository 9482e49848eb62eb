import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentFile } from '../../src/agent/agent-file.ts';
import type { CheckRun } from '../../src/check/check.ts';
import { compareRuns } from '../../src/check/compare-runs.ts';
import { proveHardened } from '../../src/check/hardened.ts';
import { type ProofOptions, proveImage } from '../../src/check/prove.ts';
import { runPlain } from '../../src/check/run-plain.ts';
import { openDocker } from '../../src/engine/docker.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { startSession } from '../../src/system/session.ts';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { buildTestImage, describeOnEngine, removeImages } from '../support/run-docker.ts';

/** Everything about it varies from run to run; CHANGE names one thing that is different beside. */
const server = `
import base64, datetime, gzip, http.server, json, os, random, sys, threading, time, uuid
change = os.environ.get("CHANGE", "")
def token(): return base64.b64encode(os.urandom(18)).decode()
def lists(): return random.sample([*"abcdefgh", "x" if change == "item" else "y"], 9)
class App(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        zone = datetime.timedelta(hours=9 if change == "zone" else 0)
        now = (datetime.datetime.now() + zone).isoformat(" ", "milliseconds")
        if self.path == "/page":
            kind = "text/html; charset=utf-8"
            body = '<title>%s</title><input name=csrf value="%s"><a href="%s">x</a><!-- %s --><p>at %s</p>' % (
                "U" if change == "title" else "T", token(), "/b" if change == "link" else "/a", now, now)
        elif self.path == "/json":
            kind, body = "application/json", json.dumps({"id": str(uuid.uuid4()), "list": lists(), "took": random.random(),
                "count": "1" if change == "type" else random.randint(1, 99), "steady": 2 if change == "value" else 1})
        else:
            kind, body = "text/plain", "hello\\nat %s by %s\\n%s\\n" % (now, os.uname().nodename, "bye" if change == "line" else "good bye")
        body = body.encode()
        if self.path == "/json": body = gzip.compress(body)
        self.send_response(201 if change == "status" else 200)
        self.send_header("Content-Type", kind)
        if self.path == "/json": self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "public" if change == "header" else "no-store")
        self.send_header("Set-Cookie", "sid=%s; Path=/%s" % (uuid.uuid4(), "" if change == "cookie" else "; HttpOnly"))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): print("%s served %s" % (time.time(), self.path), flush=True)
if change == "writes": open("/app/cache", "w").close()
if change == "log": print("ModuleNotFoundError: No module named 'late'", file=sys.stderr, flush=True)
if change == "remark": print("cache is off", flush=True)
if change != "port": threading.Thread(target=http.server.HTTPServer(("", 8081), App).serve_forever, daemon=True).start()
http.server.ThreadingHTTPServer(("", 8080), App).serve_forever()
`;

const probe = `#!/bin/sh
echo "at $(date +%N)"
[ "$CHANGE" = stdout ] && echo more
[ "$CHANGE" = stderr ] && echo "cannot set the locale, using C" >&2
exit 0
`;

describeOnEngine('what the slim image answers, proved by an engine', () => {
  let engine: Engine;
  let image: string;
  let originals: readonly CheckRun[];
  const abort = new AbortController();

  const options = (change: string): ProofOptions => ({
    run: {
      ...{ env: [`CHANGE=${change}`], envFiles: [], volumes: [], command: [] },
      ...{ network: undefined, user: undefined, workdir: undefined, entrypoint: undefined },
    },
    checks: [
      ...['/', '/page', '/json'].map((path) => ({
        ...({ kind: 'http', method: 'GET', path, port: 8080 } as const),
        ...{ status: undefined, isDefault: false },
      })),
      { kind: 'exec', command: ['/app/probe'] },
    ],
    learntPorts: [8080, 8081],
    timeoutMs: 60_000,
    signal: abort.signal,
  });
  const runWith = (change: string) => runPlain(engine, image, options(change).run, options(change));

  beforeAll(async () => {
    await ensureFixtureImage('toolchain');
    image = await buildTestImage(
      'changing',
      'FROM slimtrace-fixture/toolchain:latest\nCOPY server.py probe /app/\nCMD ["python3", "/app/server.py"]\n',
      { 'server.py': server, probe },
    );
    engine = await openDocker({ session: startSession(), signal: abort.signal, relayFile: agentFile });
    originals = await Promise.all([runWith(''), runWith('')]);
  });
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    await removeImages('slimtrace-test/changing:latest');
  });

  test('the same image is the same, though everything about it varies', async () => {
    const original = await engine.inspectImage(image);
    const proof = await proveImage(engine, { original, slimId: original.id }, originals, options(''));
    expect(proof).toMatchObject({ passed: true, container: { differences: [] }, remarks: [] });
    expect(proof.checks.map(({ kind }) => kind)).toEqual(['same', 'same', 'same', 'same']);
    expect(proof.originals.length).toBeGreaterThanOrEqual(2);
    const [, page] = proof.checks;
    expect(page?.setAside).toContain('body node 9: the date');
  });

  test.each([
    ['status', 'status'],
    ['header', 'header cache-control'],
    ['cookie', 'header set-cookie $.sid.httponly'],
    ['line', 'body line 3'],
    ['zone', 'body line 2'],
    ['title', 'body node 2'],
    ['link', 'body node 5'],
    ['value', 'body $.steady'],
    ['type', 'body $.count'],
    ['item', 'body $.list, in any order'],
    ['stdout', 'stdout line 2'],
    ['stderr', 'stderr'],
    ['port', 'port 8081'],
    ['log', 'log'],
  ])('a change of the %s alone is found', async (change, field) => {
    const verdict = compareRuns(originals, await runWith(change));
    expect(verdict.passed).toBe(false);
    const found = [verdict.container, ...verdict.checks].flatMap(({ differences }) => differences);
    expect(found.map((difference) => difference.field)).toContain(field);
  });

  test('a new line of the log that tells of no error is a remark', async () => {
    const verdict = compareRuns(originals, await runWith('remark'));
    expect(verdict.remarks).toContain('the slim image’s log has a line that the original’s has not: cache is off');
  });

  test('whether it runs hardened, and if not, which path it writes to', async () => {
    const { id } = await engine.inspectImage(image);
    expect(await proveHardened(engine, id, originals, options(''))).toEqual({ runs: true, because: [] });
    const { runs, because } = await proveHardened(engine, id, originals, options('writes'));
    expect(runs).toBe(false);
    expect(because[0]).toMatch(/^http GET :8080\/: .*the container ended with exit code 1/);
    expect(because.join('\n')).toContain('it writes to /app/cache ("OSError: [Errno 30] Read-only file system');
  });
});
