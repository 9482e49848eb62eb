import { baseName, type ImagePath, parentOf } from '../../image/path.js';
import { linesOf } from '../ld-so-conf.js';
import type { Rule, RuleContext } from '../rule.js';

/** What glibc asks when nsswitch.conf says nothing (nss/nsswitch.c). */
const defaultServices = ['files', 'dns'];

/** Since 2.34, glibc has these in itself and doesn't ask for the modules, which are empty (nss/nss_module.c). */
const builtIn: ReadonlyMap<string, string> = new Map([
  ['files', '_nss_files_getpwnam_r'],
  ['dns', '_nss_dns_gethostbyname4_r'],
]);

/** The modules through which glibc finds users and hosts, loaded by name when first asked (nsswitch.conf(5)). */
export const nameService: Rule = {
  name: 'name-service',
  looksAt: 'contents',
  bringAlong: ({ tree }, fresh) => fresh.filter(isGlibc).flatMap((libc) => modulesBeside(tree, libc)),
  *want(context, fresh) {
    const libcs = fresh.filter(isGlibc);
    if (libcs.length === 0) return;
    const conf = context.tree.resolve('/etc/nsswitch.conf').entry?.path;
    const services = new Set(conf === undefined ? defaultServices : servicesOf(context.contents(conf)));
    for (const libc of libcs) {
      for (const path of modulesBeside(context.tree, libc)) {
        const service = /^libnss_([^.]+)\.so\./.exec(baseName(path))?.[1] ?? '';
        if (!services.has(service) || isBuiltIn(service, context.contents(libc))) continue;
        yield { path, reason: { kind: 'identity', what: `name service ${service}`, ...parentReason(conf, context) } };
      }
    }
  },
};

function isBuiltIn(service: string, libc: Uint8Array | undefined): boolean {
  const symbol = builtIn.get(service);
  return (
    symbol !== undefined &&
    libc !== undefined &&
    Buffer.from(libc.buffer, libc.byteOffset, libc.length).includes(`\0${symbol}\0`)
  );
}

/** `parent` is the file that names the service, where it is kept. */
function parentReason(conf: ImagePath | undefined, context: RuleContext): { parent?: ImagePath } {
  return conf !== undefined && context.isSelected(conf) ? { parent: conf } : {};
}

function isGlibc(path: ImagePath): boolean {
  return /^libc(?:\.so\.6(?:\.\d+)?|-2\.\d+\.so)$/.test(baseName(path));
}

/** Modules come with glibc or with a service, and are in the same directory or that of /usr. */
function modulesBeside(tree: RuleContext['tree'], libc: ImagePath): readonly ImagePath[] {
  const beside = parentOf(libc);
  const directories = new Set([beside, beside.startsWith('/usr/') ? beside.slice(4) : `/usr${beside}`]);
  return [...directories]
    .flatMap((directory) => tree.children(tree.resolve(directory).entry?.path ?? ''))
    .filter((path) => /^libnss_[^.]+\.so\.\d/.test(baseName(path)));
}

/** Every service that a line of nsswitch.conf names: `passwd: files [NOTFOUND=return] systemd`. */
function servicesOf(bytes: Uint8Array | undefined): readonly string[] {
  if (bytes === undefined) return defaultServices;
  return linesOf(bytes).flatMap((line) =>
    (/^\w+\s*:(.*)$/.exec(line)?.[1] ?? '')
      .replace(/\[[^\]]*\]/g, ' ')
      .split(/\s+/)
      .filter((word) => word !== ''),
  );
}
