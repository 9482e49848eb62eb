import { expect, test } from 'vitest';
import { selectFrom, smallImage } from '../small-image.ts';

const site = '/opt/venv/lib/python3.11/site-packages';

async function keptOf(image: string, ...trace: readonly string[]) {
  const { selection, doubts } = await selectFrom(
    smallImage(`/usr/lib/python3.11/os.py : x = 1\n${image}`, { [`${site}/big/data.bin`]: new Uint8Array(3 << 20) }),
    {
      trace: ['read /usr/lib/python3.11/os.py', ...trace],
      options: { certificates: false, without: new Set(['application']) },
    },
  );
  const kept = [...selection]
    .filter(([, reasons]) => reasons.some(({ kind }) => kind === 'static'))
    .map(([path]) => path);
  return { kept: kept.map((path) => path.replace(`${site}/`, '')), doubts };
}

test('the data that RECORD lists, and the metadata', async () => {
  const { kept } = await keptOf(
    `
      ${site}/web/__init__.py : x = 1
      ${site}/web/data/page.html : x
      ${site}/web/data/left-by-a-run.html : x
      ${site}/web/README.md : x
      ${site}/web/other/__init__.py : x = 1
      ${site}/web/other/page.html : x
      ${site}/Web-1.0.dist-info/METADATA : Name: Web
      ${site}/Web-1.0.dist-info/RECORD : web/__init__.py,,\\nweb/data/page.html,,\\nweb/README.md,,\\nweb/other/page.html,,
      ${site}/Other-1.0.dist-info/METADATA : Name: Other
    `,
    `read ${site}/web/__init__.py`,
  );
  expect(kept).toEqual(['Web-1.0.dist-info/METADATA', 'web/data/page.html']);
});

test('without a RECORD, what stands there', async () => {
  const { kept } = await keptOf(
    `
      ${site}/web/__init__.py : x = 1
      ${site}/web/page.html : x
      ${site}/Web-1.0.egg-info/PKG-INFO : Name: Web
    `,
    `read ${site}/web/__init__.py`,
  );
  expect(kept).toEqual(['Web-1.0.egg-info/PKG-INFO', 'web/page.html']);
});

test('data of some size is told of, not kept', async () => {
  const { kept, doubts } = await keptOf(
    `${site}/big/__init__.py : x = 1\n${site}/big/data.bin`,
    `read ${site}/big/__init__.py`,
  );
  expect(kept).toEqual([]);
  expect(doubts).toMatchObject([{ doubt: 'left-out', because: 'has 3.1 MB of data beside it' }]);
});

test("a package's small directories are kept beside a large one", async () => {
  const { kept, doubts } = await keptOf(
    `${site}/big/__init__.py : x = 1\n${site}/big/templates/login.html : x\n${site}/big/data.bin`,
    `read ${site}/big/__init__.py`,
  );
  expect(kept).toEqual(['big/templates/login.html']);
  expect(doubts).toMatchObject([{ doubt: 'left-out', because: 'has 3.1 MB of data beside it' }]);
});

test("an application's templates, in its package or beside its module", async () => {
  const { kept } = await keptOf(
    `
      /srv/shop/__init__.py : x = 1
      /srv/shop/mails/order.txt : x
      /app/server.py : x = 1
      /app/templates/page.html : x
      /app/uploads/photo.jpg : x
    `,
    'read /srv/shop/__init__.py',
    'read /app/server.py',
  );
  expect(kept).toEqual(['/app/templates/page.html', '/srv/shop/mails/order.txt']);
});

test('the plugins of a group that a kept module asks for', async () => {
  const image = (group: string) => `
    /srv/shop.py : from importlib.metadata import entry_points\\nentry_points(group="shop.plugins")
    ${site}/parcels/__init__.py : x = 1
    ${site}/parcels/plugin.py : x = 1
    ${site}/parcels-1.0.dist-info/METADATA : Name: parcels
    ${site}/parcels-1.0.dist-info/entry_points.txt : [${group}]\\nparcels = parcels.plugin:register
  `;
  const traced = ['read /srv/shop.py', `list ${site}`];
  expect((await keptOf(image('shop.plugins'), ...traced)).kept).toEqual([
    'parcels-1.0.dist-info/METADATA',
    'parcels-1.0.dist-info/entry_points.txt',
    'parcels/__init__.py',
    'parcels/plugin.py',
  ]);
  expect((await keptOf(image('other.plugins'), ...traced)).kept).toEqual([]);
});
