/** Modules inside the node program (module.builtinModules of Node.js 12 to 24); those only under `node:` aside. */
const builtinModules = new Set(
  `_http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex _stream_passthrough
   _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common _tls_wrap assert async_hooks buffer
   child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs http http2 https inspector
   module net os path perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls
   trace_events tty url util v8 vm wasi worker_threads zlib`
    .trim()
    .split(/\s+/),
);

/** True for what `require` and `import` take for a module of Node.js itself, whatever is installed: `fs`, `fs/promises`, `node:test`. */
export function isBuiltinModule(specifier: string): boolean {
  if (specifier.startsWith('node:')) return true;
  const slash = specifier.indexOf('/');
  if (slash < 0) return builtinModules.has(specifier);
  // `punycode/` and `process/browser.js` are packages.
  return /^(?:assert\/strict|(?:dns|fs|readline|stream|timers)\/promises|inspector\/promises|path\/(?:posix|win32)|stream\/(?:consumers|web)|util\/types)$/.test(
    specifier,
  );
}
