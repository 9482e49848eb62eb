// Bundles the command line and the public API with esbuild: one file each starts twice as fast as the module graph.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

await build({
  entryPoints: {
    cli: 'src/cli/program.ts',
    index: 'src/index.ts',
    'node-file-trace-worker': 'src/node-file-trace/worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true, // commands load lazily: `--version` must not pay for them
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  define: { SLIMTRACE_VERSION: JSON.stringify(version) },
  // CommonJS dependencies inside an ES module bundle still call require().
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  legalComments: 'linked',
});

// The manual page is made by what it describes.
writeFileSync('dist/slimtrace.1', execFileSync(process.execPath, ['--', 'bin/slimtrace.js', 'man']));

// What the HTML report brings along; written into each page, so small counts.
await build({
  entryPoints: { 'html-page': 'src/html-page/main.ts', 'html-page-styles': 'src/html-page/page.css' },
  outdir: 'dist',
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome123', 'firefox120', 'safari17.5'], // the first with CSS light-dark()
  charset: 'utf8',
});
