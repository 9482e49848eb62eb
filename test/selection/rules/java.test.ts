import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classPathOf, readJar } from '../../../src/selection/java/jar.ts';
import { writeJar } from '../java/jar-writer.ts';
import { selectFrom, smallImage } from '../small-image.ts';

const home = '/usr/lib/jvm/java';
const runtime = `
  ${home}/lib/server/libjvm.so 0755 elf machine=62
  ${home}/lib/libawt.so 0755 elf machine=62
  ${home}/lib/libprefs.so 0755 elf machine=62
  /usr/share/fonts/a.ttf : font
`;

async function keptForJava(
  text: string,
  input: { trace?: readonly string[]; files?: Record<string, Uint8Array>; cmd?: string[]; env?: string[] } = {},
) {
  const result = await selectFrom(smallImage(`${runtime}${text}`, input.files), {
    trace: [`read ${home}/lib/server/libjvm.so`, ...(input.trace ?? [])],
    config: { WorkingDir: '/app', ...(input.cmd && { Cmd: input.cmd }) },
    ...(input.env && { env: input.env }),
    options: { certificates: false },
  });
  const kept = [...result.selection]
    .filter(([, reasons]) => reasons.some((reason) => reason.kind === 'static' && reason.defence === 'java'))
    .map(([path]) => path);
  return { kept, selection: result.selection, doubts: result.doubts };
}

describe('a Java runtime', () => {
  test('has its modules, security settings behind links, and libraries that load late', async () => {
    const { kept, selection } = await keptForJava(`
      ${home}/lib/modules : 1
      ${home}/lib/libnet.so 0755 elf machine=62
      ${home}/lib/libverify.so 0755 elf machine=62
      ${home}/lib/jspawnhelper 0755 elf machine=62
      ${home}/lib/tzdb.dat : 1
      ${home}/lib/ct.sym : only a compiler reads it
      ${home}/lib/security/default.policy -> /etc/java/security/default.policy
      ${home}/conf/logging.properties -> /etc/java/logging.properties
      /etc/java/security/default.policy : 1
      /etc/java/logging.properties : 1
    `);
    expect(kept).toEqual([
      '/etc/java/logging.properties',
      '/etc/java/security/default.policy',
      `${home}/lib/jspawnhelper`,
      `${home}/lib/libnet.so`,
      `${home}/lib/libverify.so`,
      `${home}/lib/modules`,
      `${home}/lib/tzdb.dat`,
    ]);
    expect(selection.has(`${home}/conf/logging.properties` as never), 'the link').toBe(true);
  });

  test('of version 8 has its archives', async () => {
    const result = await selectFrom(
      smallImage(
        '/jre/lib/amd64/server/libjvm.so 0755 elf\n/jre/lib/amd64/libnet.so 0755 elf\n/jre/lib/rt.jar : 1\n/jre/lib/ext/cldrdata.jar : 1',
      ),
      { trace: ['read /jre/lib/amd64/server/libjvm.so'], options: { certificates: false } },
    );
    expect(result.kept).toEqual(
      expect.arrayContaining(['/jre/lib/amd64/libnet.so', '/jre/lib/ext/cldrdata.jar', '/jre/lib/rt.jar']),
    );
  });
});

describe('jars', () => {
  test('bring the jars and directories that their manifest lists, over folded lines', async () => {
    const manifest = 'Manifest-Version: 1.0\r\nClass-Path: lib/a.jar lib/b\r\n .jar classes/ missing.jar\r\n';
    const { kept } = await keptForJava(
      '/app/main.jar\n/app/lib/a.jar : 1\n/app/lib/b.jar : 1\n/app/classes/x/Y.class : 1',
      {
        trace: ['read /app/main.jar'],
        files: { '/app/main.jar': writeJar({ 'META-INF/MANIFEST.MF': manifest }) },
      },
    );
    expect(kept).toEqual(['/app/classes/x/Y.class', '/app/lib/a.jar', '/app/lib/b.jar']);
  });

  test('of the class path are kept, whatever of them was opened: options, wildcards, variables, files of options', async () => {
    const { kept } = await keptForJava(
      '/app/a.jar : 1\n/app/lib/b.jar : 1\n/app/lib/README : 1\n/opt/c.jar : 1\n/opt/d.jar : 1\n/app/options : -p "/opt/d.jar"',
      { cmd: ['java', '-cp', 'a.jar:/app/lib/*', '@options', 'Main'], env: ['CLASSPATH=/opt/c.jar'] },
    );
    expect(kept).toEqual(['/app/a.jar', '/app/lib/b.jar', '/opt/c.jar', '/opt/d.jar']);
  });

  test('bring the libraries that the classes they use load, in jars packed into them too', async () => {
    const inner = writeJar({ 'x/Draw.class': 'CAFEBABE java/awt/image/BufferedImage' });
    const { kept } = await keptForJava('/app/main.jar', {
      trace: ['read /app/main.jar'],
      files: { '/app/main.jar': writeJar({ 'BOOT-INF/lib/inner.jar': inner, 'Main.class': 'nothing' }) },
    });
    expect(kept).toEqual([`${home}/lib/libawt.so`, '/usr/share/fonts/a.ttf']);
  });

  test('with services are told', async () => {
    const { doubts } = await keptForJava('/app/main.jar', {
      trace: ['read /app/main.jar'],
      files: { '/app/main.jar': writeJar({ 'META-INF/services/java.sql.Driver': 'x.Driver' }) },
    });
    expect(doubts).toEqual([
      { doubt: 'dynamic-loader', loader: 'ServiceLoader', parent: '/app/main.jar', detail: 'java.sql.Driver' },
    ]);
  });

  test('that are broken anywhere are read as far as they go', () => {
    const whole = writeJar({ 'META-INF/MANIFEST.MF': 'Class-Path: a.jar\n', 'A.class': 'java/awt/' });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, cut) => {
        const broken = Buffer.from(whole);
        broken[at] = value;
        for (const bytes of [broken, broken.subarray(0, cut), broken.subarray(cut)]) {
          const entries = readJar(bytes);
          classPathOf(entries);
          for (const entry of entries) entry.read(1000);
        }
      }),
      { numRuns: 500 },
    );
  });
});
