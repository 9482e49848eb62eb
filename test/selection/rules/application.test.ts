import { describe, expect, it } from 'vitest';
import { asImagePath } from '../../../src/image/path.js';
import { selectFrom, smallImage } from '../small-image.js';

const image = smallImage(`
  /app/main.js
  /app/views/page.html
  /app/plugins/late.jar
  /app/current -> views/page.html
  /app/data/
  /app/.env
  /app/main.js.map
  /app/main.ts
  /app/README.md
  /app/package-lock.json
  /app/tests/one.js
  /app/node_modules/big/index.js
  /app/tools/pyvenv.cfg
  /app/tools/bin/pip
  /srv/job/start.sh 0755
  /srv/job/part.txt
  /usr/local/bin/tool 0755
  /usr/local/bin/other 0755
`);

const own = async (input: Parameters<typeof selectFrom>[1]) => {
  const { selection, doubts } = await selectFrom(image, input);
  const kept = [...selection].flatMap(([path, reasons]) =>
    reasons.some((reason) => reason.kind === 'static' && reason.defence === 'application') ? [path] : [],
  );
  return { kept, doubts };
};

describe("the application's own files", () => {
  it('are those of the working directory that the run used, without dependencies and what is for developers', async () => {
    const { kept } = await own({ trace: ['/app/main.js'], config: { WorkingDir: '/app' } });
    expect(kept).toEqual([
      '/app/current',
      '/app/data',
      '/app/main.js',
      '/app/plugins',
      '/app/plugins/late.jar',
      '/app/views',
      '/app/views/page.html',
    ]);
  });

  it('are those beside a script that the image starts', async () => {
    const config = { Entrypoint: ['/srv/job/start.sh'] };
    expect((await own({ trace: ['exec /srv/job/start.sh'], config })).kept).toContain('/srv/job/part.txt');
  });

  it('are those beside a script that the run read, wherever it was started from', async () => {
    const scripts = smallImage(`
      /srv/index.php
      /srv/conf/prod.php
      /opt/venv/lib/python3.11/site-packages/web/app.py
      /opt/venv/lib/python3.11/site-packages/web/other.py
    `);
    const { selection } = await selectFrom(scripts, {
      trace: ['/srv/index.php', '/opt/venv/lib/python3.11/site-packages/web/app.py'],
      config: { WorkingDir: '/' },
    });
    expect(selection.has(asImagePath('/srv/conf/prod.php'))).toBe(true);
    expect(selection.has(asImagePath('/opt/venv/lib/python3.11/site-packages/web/other.py'))).toBe(false);
  });

  it.each([
    ['nothing of it was read', { trace: ['stat /app/main.js', 'chdir /app'], config: { WorkingDir: '/app' } }],
    ['a package has it', { trace: ['/app/node_modules/big/index.js'], config: { WorkingDir: '/' } }],
    [
      'it is a directory of the system',
      { trace: ['exec /usr/local/bin/tool'], config: { WorkingDir: '/usr/local/bin' } },
    ],
    [
      'a program of the system is started',
      { trace: ['exec /usr/local/bin/tool'], config: { Cmd: ['/usr/local/bin/tool'] } },
    ],
    [
      'it is left out',
      { trace: ['/app/main.js'], config: { WorkingDir: '/app' }, options: { without: new Set(['application']) } },
    ],
  ])('are none when %s', async (_, input) => {
    expect((await own(input)).kept).toEqual([]);
  });

  it("are Composer's packages too, which are many and found by name", async () => {
    const files = Array.from({ length: 3000 }, (_, at) => `/srv/shop/vendor/acme/src/C${at}.php`).join('\n');
    const shop = smallImage(
      `/srv/shop/index.php\n/srv/shop/vendor/autoload.php\n/srv/shop/vendor/acme/tests/T.php\n${files}`,
    );
    const { selection } = await selectFrom(shop, { trace: ['/srv/shop/index.php', '/srv/shop/vendor/autoload.php'] });
    expect(selection.has(asImagePath('/srv/shop/vendor/acme/src/C2999.php'))).toBe(true);
    expect(selection.has(asImagePath('/srv/shop/vendor/acme/tests/T.php'))).toBe(false);
  });

  it('begin with what the image holds where it declares a volume', async () => {
    const config = { Volumes: { '/app/views': {} } };
    expect((await own({ config })).kept).toEqual(['/app/views/page.html']);
  });

  it('are not kept when they are too many, and that is told', async () => {
    const files = Array.from({ length: 2001 }, (_, at) => `/data/${at}`).join('\n');
    const { doubts, selection } = await selectFrom(smallImage(files), {
      trace: ['/data/7'],
      config: { WorkingDir: '/data' },
    });
    expect(selection.size).toBe(3);
    expect(doubts).toMatchObject([{ doubt: 'left-out', target: '/data' }]);
  });
});
