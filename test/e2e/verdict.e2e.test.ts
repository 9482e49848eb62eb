import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SlimReport } from '../../src/report/report.js';
import { ensureFixtureImage } from '../support/fixture-images.ts';
import { buildTestImage, describeOnEngine, docker, imageId, openScratch, removeImages } from '../support/run-docker.ts';
import { openSlimtrace, parseReport, type Slimtrace } from '../support/run-slimtrace.ts';

const tag = 'slimtrace-test/verdict:slim';
const failedTag = `${tag}-failed`;

/** Everything about an answer that may change from one request to the next, and one line that may not. */
const noisyServer = `
import http.server, json, os, random, time, uuid
class App(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind, body = {
            "/lines": ("text/plain", "steady\\nid %s\\nat %s\\n" % (uuid.uuid4(), time.time())),
            "/json": ("application/json", json.dumps({"steady": 1, "id": str(uuid.uuid4()), "at": time.time()})),
            "/binary": ("application/octet-stream", os.urandom(random.randint(100, 2000))),
            "/longer": ("text/plain", "line\\n" * random.randint(1, 500)),
        }.get(self.path, ("text/plain", "steady\\n"))
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", str(random.random()))
        self.send_header("Set-Cookie", "session=%s" % uuid.uuid4())
        self.send_header("X-Host", os.uname().nodename)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("", 8080), App).serve_forever()
`;

describeOnEngine('the verdict', () => {
  let slimtrace: Slimtrace;
  let flask: string;
  const lessTemplate = ['--exclude', '/srv/app/app/templates/index.html', '--http', 'GET /=200', '--http', '/idna=200'];

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    flask = await ensureFixtureImage('python-flask');
  });
  beforeEach(() => removeImages(tag, failedTag));
  afterAll(async () => {
    await removeImages(tag, failedTag, 'slimtrace-test/noisy:latest');
    await slimtrace[Symbol.asyncDispose]();
  });

  test('a file the app needs is left out: exit 1, the difference shown, and the good tag stays with the good image', async () => {
    const good = await imageId('slimtrace-fixture/base:bookworm');
    await docker(['tag', 'slimtrace-fixture/base:bookworm', tag]);
    await using scratch = await openScratch();
    const file = join(scratch.path, 'report.json');
    const options = ['--tag', tag, '--timeout', '120', '--report', file];
    const outcome = await slimtrace.run(['slim', flask, ...options, ...lessTemplate]);
    expect(outcome.exitCode, outcome.stderr + outcome.stdout).toBe(1);
    expect(outcome.stdout).toMatch(/^different {2}http GET :8000\/=200: status 500 instead of 200$/m);
    expect(outcome.stdout).toMatch(/^ +status: original "200", slim "500"$/m);
    expect(outcome.stdout).toMatch(/^same +http GET :8000\/idna=200/m);
    expect(outcome.stdout).toContain('TemplateNotFound');
    expect(outcome.stdout).toContain(`kept as ${failedTag}`);
    expect(await imageId(tag), 'the good tag was there before, and has to be what it was').toBe(good);
    expect(await imageId(failedTag)).toMatch(/^sha256:/);
    expect(await imageId(failedTag)).not.toBe(good);
    const report = JSON.parse(await readFile(file, 'utf8')) as SlimReport;
    expect(report.passed).toBe(false);
    expect(report.slim).toMatchObject({ reference: failedTag, id: await imageId(failedTag) });
    expect(report.checks.map(({ result }) => result)).toEqual(['different', 'same']);
    expect(report.checks[0]?.differences).toContainEqual({ field: 'status', original: '200', slim: '500' });
  });

  test('answers that vary by themselves are no difference, and what is set aside is named', async () => {
    await ensureFixtureImage('toolchain');
    const noisy = await buildTestImage(
      'noisy',
      'FROM slimtrace-fixture/toolchain:latest\nCOPY server.py /app/\nEXPOSE 8080\nCMD ["python3", "/app/server.py"]\n',
      { 'server.py': noisyServer },
    );
    const routes = ['/', '/lines', '/json', '/binary', '/longer'].flatMap((path) => ['--http', path]);
    const outcome = await slimtrace.run([
      ...['slim', noisy, '--json', '--tag', tag, '--timeout', '120', ...routes],
      ...['--exec', 'python3 -c "import uuid, time; print(uuid.uuid4()); print(1); print(time.time())"'],
    ]);
    expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(0);
    const setAside = parseReport(outcome).checks.map((check) => check.setAside);
    const about = (index: number, field: string) => (setAside[index] ?? []).filter((mask) => mask.startsWith(field));
    expect(setAside[0]).toEqual(
      expect.arrayContaining(['header etag: a number', 'header set-cookie $.session.value: an id']),
    );
    expect(about(0, 'header x-host: ')).toHaveLength(1);
    expect(about(0, 'body')).toEqual([]);
    expect(about(1, 'body')).toEqual(['body line 2: an id', 'body line 3: a number']);
    expect(about(2, 'body')).toEqual(['body $.at: a number', 'body $.id: an id']);
    expect(about(5, 'stdout')).toEqual(['stdout line 1: an id', 'stdout line 3: a number']);
  });

  test('a check that cannot pass on the original: exit 3 with its last log lines, and no image of any name', async () => {
    const healthcheck = await ensureFixtureImage('exits-at-once');
    const outcome = await slimtrace.run(['slim', healthcheck, '--tag', tag, '--http', '/', '--timeout', '30']);
    expect(outcome.exitCode, outcome.stderr).toBe(3);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toMatch(/^error: no check passed on the original image.*exit code 7$/m);
    expect(outcome.stderr).toMatch(/^ {2}fatal: cannot connect to the database at db\.example:5432$/m);
    expect(outcome.stderr).toMatch(/^hint: /m);
    expect(await imageId(tag)).toBeUndefined();
    expect(await imageId(failedTag)).toBeUndefined();
  });

  test('a route that answers another status than asked for is no evidence either', async () => {
    const args = ['slim', flask, '--tag', tag, '--timeout', '120', '--http', '/=200', '--http', '/missing=200'];
    const outcome = await slimtrace.run(args);
    expect(outcome.exitCode, outcome.stderr).toBe(3);
    expect(outcome.stderr).toContain('http GET :8000/missing=200: status 404 instead of 200');
    expect(await imageId(tag)).toBeUndefined();
  });

  test.each([
    [
      'a command that hangs',
      ['--exec', 'sleep 1000', '--timeout', '4'],
      /exec sleep 1000: it did not end, still after \d+ s/,
    ],
    [
      'a command that prints without end',
      ['--exec', 'yes xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
      /it printed more than can be compared/,
    ],
    ['a command that is not there', ['--exec', 'nosuch'], /exec nosuch: exit code 12[67]: .*nosuch/],
    ['a user that is not there', ['--run-user', 'nosuch', '--tcp', '8000'], /unable to find user nosuch/],
    ['a network that is not there', ['--network', 'nosuch', '--exit'], /network nosuch not found/],
  ])('%s is no evidence: exit 3, why, and no image', async (_, flags, problem) => {
    const outcome = await slimtrace.run(['slim', flask, '--tag', tag, ...flags]);
    expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(3);
    expect(outcome.stderr).toMatch(problem);
    expect(await imageId(tag)).toBeUndefined();
  });

  test('an entrypoint that is left out is a verdict, not an accident', async () => {
    const outcome = await slimtrace.run([
      'slim',
      flask,
      '--tag',
      tag,
      '--tcp',
      '8000',
      '--exclude',
      '/usr/bin/gunicorn',
    ]);
    expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(1);
    expect(outcome.stdout).toMatch(/^different {2}tcp 8000: it can't be started: .*gunicorn/m);
    expect(outcome.stdout).toMatch(/^hint: .*--include/m);
    expect(await imageId(failedTag)).toMatch(/^sha256:/);
  });

  test('an exposed port that nobody listens on costs no proof, and is not waited for when others answer', async () => {
    const dockerfile = `FROM ${flask}\nEXPOSE 443 8000 9000-9002\n`;
    const image = await buildTestImage('exposed', dockerfile);
    const outcome = await slimtrace.run(['slim', image, '--tag', tag]);
    expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(0);
    expect(outcome.stdout).toMatch(/^same +http GET :8000\//m);
    expect(outcome.stdout).toMatch(/^no proof +http GET :443\//m);
    await removeImages(image);
  });

  test('a HEALTHCHECK that turns healthy long after the port answers is still compared', async () => {
    const age =
      "float(open('/proc/uptime').read().split()[0]) - int(open('/proc/1/stat').read().rsplit(')', 1)[1].split()[19]) / 100";
    const health = ['python3', '-c', `raise SystemExit(0 if ${age} > 4 else 1)`];
    const image = await buildTestImage('slow-health', `FROM ${flask}\nHEALTHCHECK CMD ${JSON.stringify(health)}\n`);
    const outcome = await slimtrace.run(['slim', image, '--tag', tag]);
    expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(0);
    expect(outcome.stdout).toMatch(/^same +healthcheck python3/m);
    await removeImages(image);
  });
});
