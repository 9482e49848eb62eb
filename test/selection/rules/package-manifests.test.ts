import { describe, expect, it } from 'vitest';
import { selectFrom, smallImage } from '../small-image.js';

/** What is kept of an image when one file of it is read. */
async function keptWith(image: string, ...trace: readonly string[]): Promise<readonly string[]> {
  return (await selectFrom(smallImage(image), { trace, options: { certificates: false } })).kept;
}

describe('package-manifests', () => {
  it('keeps the package.json of the innermost npm package that a file is kept of, and of no other', async () => {
    const image = `
      /app/node_modules/a/package.json : {}
      /app/node_modules/a/lib/index.css : x
      /app/node_modules/a/lib/package.json : {}
      /app/node_modules/a/node_modules/@s/b/package.json : {}
      /app/node_modules/a/node_modules/@s/b/data.bin : x
      /app/node_modules/c/package.json : {}
      /app/node_modules/.bin/tool : x
    `;
    expect(await keptWith(image, '/app/node_modules/a/node_modules/@s/b/data.bin')).toEqual([
      '/app/node_modules/a/node_modules/@s/b/data.bin',
      '/app/node_modules/a/node_modules/@s/b/package.json',
    ]);
    expect(await keptWith(image, '/app/node_modules/a/lib/index.css')).toEqual([
      '/app/node_modules/a/lib/index.css',
      '/app/node_modules/a/package.json',
    ]);
    expect(await keptWith(image, '/app/node_modules/.bin/tool')).toEqual(['/app/node_modules/.bin/tool']);
    expect(await keptWith(image, 'list /app/node_modules/c')).toEqual(['/app/node_modules/c']);
  });

  it('keeps a gem’s specification and Composer’s list', async () => {
    const image = `
      /var/lib/gems/3.1.0/gems/rack-2.2.6/lib/rack.rb : x
      /var/lib/gems/3.1.0/specifications/rack-2.2.6.gemspec : x
      /var/lib/gems/3.1.0/specifications/rake-13.0.6.gemspec : x
      /app/vendor/monolog/monolog/src/Logger.php : x
      /app/vendor/composer/installed.json : {}
    `;
    expect(await keptWith(image, '/var/lib/gems/3.1.0/gems/rack-2.2.6/lib/rack.rb')).toContain(
      '/var/lib/gems/3.1.0/specifications/rack-2.2.6.gemspec',
    );
    expect(await keptWith(image, '/app/vendor/monolog/monolog/src/Logger.php')).toEqual([
      '/app/vendor/composer/installed.json',
      '/app/vendor/monolog/monolog/src/Logger.php',
    ]);
  });

  it('--without records leaves them out', async () => {
    const image = smallImage('/m/node_modules/a/package.json : {}\n/m/node_modules/a/x : y');
    const options = { certificates: false, without: new Set(['records']) };
    const { kept } = await selectFrom(image, { trace: ['/m/node_modules/a/x'], options });
    expect(kept).toEqual(['/m/node_modules/a/x']);
  });
});

describe('python-metadata', () => {
  const site = '/opt/venv/lib/python3.11/site-packages';
  const image = `
    ${site}/a_ns/one/data.txt : x
    ${site}/a_ns/two/data.txt : x
    ${site}/one-1.0.dist-info/METADATA : Name: one
    ${site}/one-1.0.dist-info/RECORD : a_ns/one/data.txt,,
    ${site}/two-1.0.dist-info/METADATA : Name: two
    ${site}/two-1.0.dist-info/RECORD : a_ns/two/data.txt,,
    ${site}/old/table.bin : x
    ${site}/Old-2.egg-info : Name: Old
    ${site}/other-3.egg-info : Name: other
    ${site}/fold-1.egg-info/PKG-INFO : Name: fold
    ${site}/fold/table.bin : x
  `;

  it('keeps the METADATA of the distribution whose RECORD has a kept file, not of its neighbour in the namespace', async () => {
    expect(await keptWith(image, `${site}/a_ns/one/data.txt`)).toEqual([
      `${site}/a_ns/one/data.txt`,
      `${site}/one-1.0.dist-info/METADATA`,
    ]);
  });

  it('goes by names where there is no RECORD', async () => {
    expect(await keptWith(image, `${site}/old/table.bin`)).toEqual([`${site}/Old-2.egg-info`, `${site}/old/table.bin`]);
    expect(await keptWith(image, `${site}/fold/table.bin`)).toEqual([
      `${site}/fold-1.egg-info/PKG-INFO`,
      `${site}/fold/table.bin`,
    ]);
  });

  it('a RECORD of one endless name, which no pattern comes through, is none of a file', async () => {
    const endless = `${image}\n${site}/long-1.dist-info/RECORD : ${'.a'.repeat(200_000)}!,,\n${site}/long-1.dist-info/METADATA : x\n`;
    expect(await keptWith(endless, `${site}/old/table.bin`)).toEqual([
      `${site}/Old-2.egg-info`,
      `${site}/old/table.bin`,
    ]);
  });

  it('metadata that is kept alone brings nothing', async () => {
    expect(await keptWith(image, `${site}/one-1.0.dist-info/RECORD`)).toEqual([`${site}/one-1.0.dist-info/RECORD`]);
  });
});
