import fs from 'node:fs';
import Module, { isBuiltin } from 'node:module';
import os from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImageFiles } from './image-files.js';

type Functions = Record<string, unknown>;
type AnyFunction = (...args: unknown[]) => unknown;

/** Functions of `node:fs` that are answered from the image, in all three manners of calling; every other one is refused. */
const answered = new Set(['exists', 'access', 'stat', 'lstat', 'readlink', 'realpath', 'readdir', 'readFile']);

/**
 * Prepares this thread for code that reads files by names that an image chose, and that loads modules by such names:
 * what is loaded until the returned function is called sees the host, and from then on nothing but the image. Nothing
 * that isn't loaded by then ever is. For a worker thread of its own: there is no way back.
 */
export function prepareConfinement(files: ImageFiles, workingDirectory: string): () => void {
  const state = { isConfined: false };
  replaceAll(fs as unknown as Functions, (name, args) => answerCall(files, name, args), state);
  replaceAll(fs.promises as unknown as Functions, async (name, args) => answer(files, name, args), state);
  confineModules(files, state);
  // What they say of the host would become part of paths.
  const host = os as unknown as Functions;
  for (const name of ['userInfo', 'hostname', 'networkInterfaces', 'setPriority']) host[name] = undefined;
  host.homedir = () => '/root';
  process.cwd = () => workingDirectory;
  return () => {
    state.isConfined = true;
  };
}

/** Libraries keep the functions that they find when they are loaded, so each one asks anew whether it is confined. */
function replaceAll(
  functions: Functions,
  inImage: (name: string, args: unknown[]) => unknown,
  state: { readonly isConfined: boolean },
): void {
  for (const [name, onHost] of Object.entries(functions)) {
    if (typeof onHost !== 'function' || /^_?[A-Z]/.test(name)) continue;
    const replace = (call: AnyFunction): AnyFunction =>
      function (this: unknown, ...args: unknown[]) {
        return state.isConfined ? inImage(name, args) : call.apply(this, args);
      };
    const { native } = onHost as unknown as { readonly native?: AnyFunction };
    const own = native === undefined ? {} : { native: replace(native) };
    functions[name] = Object.assign(replace(onHost as AnyFunction), own);
  }
}

/** Synchronously for a name that ends in `Sync`, else by the callback that is the last argument. */
function answerCall(files: ImageFiles, name: string, args: unknown[]): unknown {
  if (name.endsWith('Sync')) return answer(files, name.slice(0, -'Sync'.length), args);
  const callback = args.pop();
  if (typeof callback !== 'function') throw refused(name);
  const [error, value] = attempt(() => answer(files, name, args));
  queueMicrotask(() => (name === 'exists' ? callback(value) : callback(error, value)));
  return undefined;
}

function answer(files: ImageFiles, name: string, [named, options]: unknown[]): unknown {
  if (!answered.has(name)) throw refused(name);
  const path = named instanceof URL ? fileURLToPath(named) : String(named);
  return (files[`${name}Sync` as 'statSync'] as (path: string, options: unknown) => unknown).call(files, path, options);
}

function attempt(work: () => unknown): readonly [unknown, unknown] {
  try {
    return [null, work()];
  } catch (error) {
    return [error, undefined];
  }
}

function refused(name: string): Error {
  return Object.assign(new Error(`EACCES: fs.${name} is not for reading an image`), { code: 'EACCES' });
}

interface ModuleLoader {
  /** Loaded modules by file name. */
  readonly _cache: Readonly<Record<string, { readonly exports: unknown } | undefined>>;
  _load: (request: string, parent: { readonly filename?: string } | undefined, ...rest: unknown[]) => unknown;
  _resolveFilename: (request: string, ...rest: unknown[]) => unknown;
}

/** Modules are found and loaded past `node:fs`: their names are looked up in the image, and none is loaded. */
function confineModules(files: ImageFiles, state: { readonly isConfined: boolean }): void {
  const loader = Module as unknown as ModuleLoader;
  const { _load: load, _resolveFilename: resolveFilename } = loader;
  loader._load = (request, parent, ...rest) => {
    if (!state.isConfined || isBuiltin(request)) return load.call(Module, request, parent, ...rest);
    const loaded = loadedBeside(loader, parent?.filename, request);
    if (loaded === undefined) throw notFound(request);
    return loaded.exports;
  };
  loader._resolveFilename = (request, ...rest) => {
    if (!state.isConfined || isBuiltin(request)) return resolveFilename.call(Module, request, ...rest);
    if (request.startsWith('/') && files.file(request) !== undefined) return request;
    throw notFound(request);
  };
}

/** What a loaded module asks for again by a relative name. */
function loadedBeside({ _cache: cache }: ModuleLoader, from: string | undefined, request: string) {
  if (from === undefined || !/^\.\.?\//.test(request)) return undefined;
  const path = resolve(dirname(from), request);
  return cache[path] ?? cache[`${path}.js`];
}

function notFound(request: string): Error {
  return Object.assign(new Error(`Cannot find module '${request}'`), { code: 'MODULE_NOT_FOUND' });
}
