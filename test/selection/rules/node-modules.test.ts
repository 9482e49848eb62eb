import { describe, expect, test } from 'vitest';
import { selectFrom, smallImage } from '../small-image.ts';

const node = '/usr/bin/node 0755 elf machine=62';

/** What static knowledge keeps of an application whose /app/main.js node was seen to read. */
async function keptBeyondTrace(
  image: string,
  input: Omit<NonNullable<Parameters<typeof selectFrom>[1]>, 'trace'> & { trace?: readonly string[] } = {},
) {
  const result = await selectFrom(smallImage(`${node}\n${image}`), {
    ...input,
    trace: ['exec /usr/bin/node', ...(input.trace ?? ['read /app/main.js'])],
    program: '/usr/bin/node',
    options: { certificates: false, ...input.options },
  });
  const kept = [...result.selection]
    .filter(([, reasons]) => reasons.some((reason) => reason.kind === 'static' && reason.defence === 'node'))
    .map(([path]) => path);
  return { kept, doubts: result.doubts, selection: result.selection };
}

describe('modules of Node.js', () => {
  test('a package required in a function is kept with what it requires in turn, and each package.json', async () => {
    const { kept } = await keptBeyondTrace(`
      /app/package.json : {"dependencies":{"a":"1"}}
      /app/main.js : function late() { return require("a") }
      /app/node_modules/a/package.json : {"name":"a","main":"lib"}
      /app/node_modules/a/lib/index.js : exports.b = () => require("b/sub"); require("./other")
      /app/node_modules/a/lib/other.json : {}
      /app/node_modules/a/node_modules/b/package.json : {"name":"b"}
      /app/node_modules/a/node_modules/b/sub.js : 1
      /app/node_modules/b/sub.js : 1
      /app/node_modules/unused/index.js : 1
    `);
    expect(kept).toEqual([
      '/app/node_modules/a/lib/index.js',
      '/app/node_modules/a/lib/other.json',
      '/app/node_modules/a/node_modules/b/package.json',
      '/app/node_modules/a/node_modules/b/sub.js',
      '/app/node_modules/a/package.json',
    ]);
  });

  test('an application in the root directory loads what is beside it by names made up while it runs', async () => {
    const { kept } = await keptBeyondTrace(
      '/main.js : require("./routes-" + name)\n/routes-a.js : 1\n/routes-b.js : 1\n/other.js : 1',
      { trace: ['read /main.js'] },
    );
    expect(kept).toEqual(['/routes-a.js', '/routes-b.js']);
  });

  test('a dependency that the application names in a string for others to load, or by the ending of a view', async () => {
    const { kept } = await keptBeyondTrace(`
      /app/package.json : {"dependencies":{"ejs":"1","pug":"1","pino-pretty":"1","unnamed":"1"},"devDependencies":{"jest":"1"}}
      /app/main.js : app.set("view engine", "ejs"); res.render('page.pug'); log({ target: 'pino-pretty' }); x = "jest"
      /app/node_modules/ejs/index.js : 1
      /app/node_modules/pug/index.js : 1
      /app/node_modules/pino-pretty/index.js : 1
      /app/node_modules/unnamed/index.js : 1
      /app/node_modules/jest/index.js : 1
    `);
    expect(kept).toEqual([
      '/app/node_modules/ejs/index.js',
      '/app/node_modules/pino-pretty/index.js',
      '/app/node_modules/pug/index.js',
    ]);
  });

  test('what a package serves from a directory of its own, without what is there to debug it; a program for the platform', async () => {
    const { kept } = await keptBeyondTrace(`
      /app/main.js : require("io"); require("bundler")
      /app/node_modules/io/index.js : send(path.join(__dirname, "client/", name))
      /app/node_modules/io/client/io.js : 1
      /app/node_modules/io/client/io.js.map : 1
      /app/node_modules/bundler/package.json : {"optionalDependencies":{"@bundler/linux":"1"}}
      /app/node_modules/bundler/index.js : 1
      /app/node_modules/@bundler/linux/package.json : {"os":["linux"],"cpu":["x64"]}
      /app/node_modules/@bundler/linux/bin/bundler 0755 elf
    `);
    expect(kept).toContain('/app/node_modules/io/client/io.js');
    expect(kept).not.toContain('/app/node_modules/io/client/io.js.map');
    expect(kept).toContain('/app/node_modules/@bundler/linux/bin/bundler');
  });

  test('what stands in for a file in a browser and is loaded here all the same', async () => {
    const { kept } = await keptBeyondTrace(`
      /app/main.js : require("query")
      /app/node_modules/query/package.json : {"name":"query","browser":{"./driver.js":"./noop.js"}}
      /app/node_modules/query/index.js : const noop = require("./noop")
      /app/node_modules/query/noop.js : 1
    `);
    expect(kept).toContain('/app/node_modules/query/noop.js');
  });

  test('each is kept because a kept file names it', async () => {
    const { selection } = await keptBeyondTrace(`
      /app/main.js : import("a")
      /app/node_modules/a/index.js : 1
    `);
    expect([...selection].find(([path]) => path === '/app/node_modules/a/index.js')?.[1]).toEqual([
      { kind: 'static', defence: 'node', because: 'imports a', parent: '/app/main.js' },
    ]);
  });

  test('require and import take their own exports, self-references and #imports included', async () => {
    const { kept } = await keptBeyondTrace(`
      /app/package.json : {"name":"app","exports":{"./own":"./src/own.js"},"imports":{"#x":"./src/x.js"}}
      /app/main.js : import "dual"; import "app/own"; import "#x"; function f() { require("dual/sub") }
      /app/src/own.js : 1
      /app/src/x.js : 1
      /app/node_modules/dual/package.json : {"name":"dual","exports":{".":{"import":"./a.mjs","require":"./a.cjs"},"./sub":{"import":"./s.mjs","default":"./s.cjs"}}}
      /app/node_modules/dual/a.mjs : 1
      /app/node_modules/dual/a.cjs : 1
      /app/node_modules/dual/s.mjs : 1
      /app/node_modules/dual/s.cjs : 1
    `);
    expect(kept).toEqual([
      '/app/node_modules/dual/a.mjs',
      '/app/node_modules/dual/package.json',
      '/app/node_modules/dual/s.cjs',
      '/app/package.json',
      '/app/src/own.js',
      '/app/src/x.js',
    ]);
  });

  test('a store of linked packages (pnpm): modules are looked for beside the real package', async () => {
    const { kept, selection } = await keptBeyondTrace(`
      /app/main.js : require("a")
      /app/node_modules/a -> .pnpm/a@1/node_modules/a
      /app/node_modules/.pnpm/a@1/node_modules/a/index.js : require("b")
      /app/node_modules/.pnpm/a@1/node_modules/b -> ../../b@1/node_modules/b
      /app/node_modules/.pnpm/b@1/node_modules/b/index.js : 1
    `);
    expect(kept).toEqual([
      '/app/node_modules/.pnpm/a@1/node_modules/a/index.js',
      '/app/node_modules/.pnpm/b@1/node_modules/b/index.js',
    ]);
    expect(selection.has('/app/node_modules/.pnpm/a@1/node_modules/b' as never), 'the link on the way').toBe(true);
  });

  test("NODE_PATH and Debian's directories are searched last", async () => {
    const { kept } = await keptBeyondTrace(
      `
      /app/main.js : require("a"); require("b")
      /opt/modules/a/index.js : 1
      /usr/share/nodejs/a/index.js : 1
      /usr/share/nodejs/b.js : 1
      `,
      { env: ['NODE_PATH=/opt/modules'] },
    );
    expect(kept).toEqual(['/opt/modules/a/index.js', '/usr/share/nodejs/b.js']);
  });

  test("Node's own modules are none of the image's", async () => {
    const { kept } = await keptBeyondTrace(`
      /app/main.js : require("fs"); require("node:fs"); import "fs/promises"; require("punycode/")
      /app/node_modules/fs/index.js : 1
      /app/node_modules/punycode/index.js : 1
    `);
    expect(kept).toEqual(['/app/node_modules/punycode/index.js']);
  });

  test('JavaScript without a Node.js that runs is data', async () => {
    const result = await selectFrom(smallImage('/srv/main.js : require("./other")\n/srv/other.js : 1'), {
      trace: ['read /srv/main.js'],
      options: { without: new Set(['application']) },
    });
    expect(result.kept).toEqual(['/srv/main.js']);
  });
});

describe('what is left out', () => {
  const development = `
    /app/package.json : {"dependencies":{"a":"1"},"devDependencies":{"typescript":"5"}}
    /app/main.js : function build() { require("typescript") } require("a")
    /app/node_modules/a/package.json : {"name":"a","peerDependencies":{"typescript":"*"}}
    /app/node_modules/a/index.js : function config() { require("typescript") }
    /app/node_modules/typescript/package.json : {"name":"typescript"}
    /app/node_modules/typescript/index.js : 1
  `;

  test('development dependencies, however they are reached; it is told', async () => {
    const { kept, doubts } = await keptBeyondTrace(development);
    expect(kept).toEqual(['/app/node_modules/a/index.js', '/app/node_modules/a/package.json']);
    expect(doubts).toContainEqual({
      doubt: 'left-out',
      parent: '/app/main.js',
      target: '/app/node_modules/typescript/index.js',
      because: 'typescript is installed for development only',
    });
  });

  test("what npm's list of installed packages calls dev, where the application doesn't name it", async () => {
    const { kept } = await keptBeyondTrace(`
      /app/package.json : {"dependencies":{"a":"1"}}
      /app/main.js : require("a")
      /app/node_modules/.package-lock.json : {"packages":{"node_modules/a":{},"node_modules/b":{"dev":true}}}
      /app/node_modules/a/index.js : function late() { require("b") }
      /app/node_modules/b/index.js : 1
    `);
    expect(kept).toEqual(['/app/node_modules/a/index.js']);
  });

  test('but a development dependency that ran has what it depends on', async () => {
    const { kept } = await keptBeyondTrace(
      `
      /app/package.json : {"devDependencies":{"tool":"1","typescript":"5"}}
      /app/node_modules/tool/package.json : {"name":"tool","peerDependencies":{"typescript":"*"}}
      /app/node_modules/tool/index.js : function late() { require("typescript") }
      /app/node_modules/typescript/index.js : 1
      `,
      { trace: ['read /app/node_modules/tool/index.js'] },
    );
    expect(kept).toContain('/app/node_modules/typescript/index.js');
  });

  test('what is tried and declared nowhere is a doubt; what is declared is followed', async () => {
    const { kept, doubts } = await keptBeyondTrace(`
      /app/package.json : {"optionalDependencies":{"b":"1"}}
      /app/main.js : function f() { try { require("a") } catch {} try { require("b") } catch {} }
      /app/node_modules/a/index.js : 1
      /app/node_modules/b/index.js : 1
    `);
    expect(kept).toEqual(['/app/node_modules/b/index.js']);
    expect(doubts).toEqual([
      { doubt: 'conditional-import', parent: '/app/main.js', module: 'a', target: '/app/node_modules/a/index.js' },
    ]);
  });

  test('large data that a package loads in a function is a doubt; that of the application is kept', async () => {
    const table = `/app/node_modules/a/table.json : ${'x'.repeat(10_000)}`;
    const { kept, doubts } = await keptBeyondTrace(`
      /app/main.js : require("a"); function f() { require("./table.json") }
      /app/table.json : ${'x'.repeat(10_000)}
      /app/node_modules/a/index.js : exports.f = function () { return require("./table.json") }
      ${table}
    `);
    expect(kept).toEqual(['/app/node_modules/a/index.js', '/app/table.json']);
    expect(doubts).toMatchObject([{ doubt: 'left-out', target: '/app/node_modules/a/table.json' }]);
  });

  test('what a package manager would load for its other commands', async () => {
    const { kept } = await keptBeyondTrace(
      '/usr/lib/node_modules/npm/lib/npm.js : require("./install.js")\n/usr/lib/node_modules/npm/lib/install.js : 1',
      { trace: ['read /usr/lib/node_modules/npm/lib/npm.js'] },
    );
    expect(kept).toEqual([]);
  });
});

describe('computed names', () => {
  test('are told, and what they begin with is kept when it is a directory of modules', async () => {
    const { kept, doubts } = await keptBeyondTrace(`
      /app/main.js : require(name); require("./locale/" + language)
      /app/locale/de.js : 1
      /app/locale/en.js : 1
      /app/locale/README.md : 1
      /app/other.js : 1
    `);
    expect(kept).toEqual(['/app/locale/de.js', '/app/locale/en.js']);
    expect(doubts).toContainEqual({
      doubt: 'dynamic-loader',
      loader: 'require',
      parent: '/app/main.js',
      detail: 'name',
    });
  });
});

describe('files by constant paths', () => {
  test('data, a directory of views, a worker, a file of the working directory', async () => {
    const { kept } = await keptBeyondTrace(
      `
      /app/src/main.js : join(__dirname, "data.bin"); app.set("views", join(__dirname, "../views")); new Worker("./src/job.js"); join(process.cwd(), "etc/a.json")
      /app/src/data.bin : 1
      /app/src/job.js : require("./part")
      /app/src/part.js : 1
      /app/views/a/index.html : 1
      /app/views/b.html : 1
      /app/etc/a.json : 1
      `,
      { trace: ['read /app/src/main.js'], config: { WorkingDir: '/app' } },
    );
    expect(kept).toEqual([
      '/app/etc/a.json',
      '/app/src/data.bin',
      '/app/src/job.js',
      '/app/src/part.js',
      '/app/views/a/index.html',
      '/app/views/b.html',
    ]);
  });

  test('the directories in which an application makes files, empty ones too', async () => {
    const { selection } = await keptBeyondTrace(`
      /app/main.js : new URL("./data/notes.json", import.meta.url); join(__dirname, "uploads"); join(__dirname, "cache", name)
      /app/data/
      /app/uploads/
      /app/cache/
    `);
    expect([...selection.keys()]).toEqual(expect.arrayContaining(['/app/cache', '/app/data', '/app/uploads']));
  });

  test('never the whole package, the directory of the code, node_modules or the system', async () => {
    const { kept } = await keptBeyondTrace(`
      /app/package.json : {}
      /app/main.js : join(__dirname, ".."); join(__dirname, "."); join(__dirname, "node_modules"); join(__dirname, "../usr")
      /app/node_modules/a/index.js : 1
      /usr/share/doc/a : 1
    `);
    expect(kept).toEqual(['/app/node_modules', '/usr']);
  });
});

describe('native addons', () => {
  const binding = (loader: string, call: string) => `
    /app/main.js : function late() { return require("addon") }
    /app/node_modules/${loader}/index.js : 1
    /app/node_modules/addon/package.json : {"name":"addon","dependencies":{"${loader}":"1"}}
    /app/node_modules/addon/index.js : module.exports = require("${loader}")(${call})
  `;

  test('of a build, found by `bindings`, with the libraries they need', async () => {
    const { selection } = await keptBeyondTrace(`
      ${binding('bindings', '"addon"')}
      /app/node_modules/addon/build/Release/addon.node 0755 elf needed=libown.so machine=62
      /app/node_modules/addon/build/Release/obj.target/addon.node 0755 elf machine=62
      /usr/lib/libown.so elf machine=62
    `);
    expect([...selection.keys()]).toEqual(
      expect.arrayContaining(['/app/node_modules/addon/build/Release/addon.node', '/usr/lib/libown.so']),
    );
    expect([...selection.keys()]).not.toContain('/app/node_modules/addon/build/Release/obj.target/addon.node');
  });

  test('prebuilt ones for the platform of the node that ran, found by `node-gyp-build`', async () => {
    const { kept } = await keptBeyondTrace(`
      ${binding('node-gyp-build', '__dirname')}
      /app/node_modules/addon/prebuilds/linux-x64/addon.node 0755 elf machine=62
      /app/node_modules/addon/prebuilds/linux-arm64/addon.node 0755 elf machine=183
      /app/node_modules/addon/prebuilds/darwin-x64+arm64/addon.node 0755
    `);
    expect(kept.filter((path) => path.endsWith('.node'))).toEqual([
      '/app/node_modules/addon/prebuilds/linux-x64/addon.node',
    ]);
  });

  test('in packages of their own for each platform', async () => {
    const { kept } = await keptBeyondTrace(`
      /app/main.js : require("n")
      /app/node_modules/n/package.json : {"name":"n","optionalDependencies":{"@n/linux-x64":"1","@n/linux-arm64":"1","other":"1"}}
      /app/node_modules/n/index.js : module.exports = require("@n/" + platform())
      /app/node_modules/@n/linux-x64/package.json : {"name":"@n/linux-x64","os":["linux"],"cpu":["x64"],"main":"n.node"}
      /app/node_modules/@n/linux-x64/n.node 0755 elf machine=62
      /app/node_modules/@n/linux-arm64/package.json : {"name":"@n/linux-arm64","os":["linux"],"cpu":["arm64"],"main":"n.node"}
      /app/node_modules/@n/linux-arm64/n.node 0755 elf machine=183
      /app/node_modules/other/index.js : 1
    `);
    expect(kept.filter((path) => !path.startsWith('/app/node_modules/n/'))).toEqual([
      '/app/node_modules/@n/linux-x64/n.node',
      '/app/node_modules/@n/linux-x64/package.json',
    ]);
  });
});

test('modules are looked up without a trip of their own', async () => {
  const image = smallImage(`
    ${node}
    /app/main.js : require("a")
    /app/node_modules/a/package.json : {"name":"a","main":"m.js"}
    /app/node_modules/a/m.js : require("./n")
    /app/node_modules/a/n.js : require("./o")
    /app/node_modules/a/o.js : 1
  `);
  await selectFrom(image, {
    trace: ['exec /usr/bin/node', 'read /app/main.js'],
    program: '/usr/bin/node',
    options: { certificates: false },
  });
  expect(image.trips).toHaveLength(2);
});

test('what stands in for a file in a browser is left out, unless it is the package', async () => {
  const { kept, doubts } = await keptBeyondTrace(`
    /app/main.js : require("debug"); require("both")
    /app/node_modules/debug/package.json : {"name":"debug","main":"./src","browser":"./src/browser.js"}
    /app/node_modules/debug/src/index.js : module.exports = process ? require("./node.js") : require("./browser.js")
    /app/node_modules/debug/src/node.js : 1
    /app/node_modules/debug/src/browser.js : 1
    /app/node_modules/both/package.json : {"name":"both","main":"./b.js","browser":{"./x.js":"./b.js"}}
    /app/node_modules/both/b.js : 1
  `);
  expect(kept).toEqual(expect.arrayContaining(['/app/node_modules/debug/src/node.js', '/app/node_modules/both/b.js']));
  expect(kept).not.toContain('/app/node_modules/debug/src/browser.js');
  expect(doubts).toMatchObject([{ doubt: 'left-out', target: '/app/node_modules/debug/src/browser.js' }]);
});
