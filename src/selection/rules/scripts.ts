import { baseName, decodePathBytes, type ImagePath } from '../../image/path.js';
import { absolutePath, findProgram } from '../environment.js';
import type { Reason } from '../reason.js';
import type { Rule, RuleContext, Want } from '../rule.js';
import { parseShebang } from '../shebang-line.js';
import { type NamedProgram, namedPrograms, programsOfCommand } from '../shell/named-programs.js';
import { parseShell } from '../shell/parse-shell.js';
import { isBuiltin, isShell } from '../shell/shell-programs.js';
import type { ShellScript } from '../shell/shell-script.js';
import { type WordMeanings, wordMeanings } from '../shell/word-meanings.js';

/** Longer ones carry an archive, or were not written by a person. */
const maxScriptBytes = 512 * 1024;
/** A named file that can't be executed is taken for a template or a setting up to this size. */
const maxNamedBytes = 1024 * 1024;

/**
 * The programs and files that shell scripts name in branches that the run didn't take. Of scripts that a shell really
 * read, that the image's own command names, or that such a script runs in turn; a script that merely lies there says
 * nothing.
 */
export const scripts: Rule = {
  name: 'scripts',
  defence: 'scripts',
  looksAt: 'contents',
  *want(context, fresh) {
    if (context.isFirstRound) yield* wantOfCommandLines(context);
    const pending = fresh.filter((path) => isRun(context, path));
    const seen = new Set(pending);
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      for (const want of wantOfScript(context, path)) {
        yield want;
        // What is kept already will never be fresh again: its turn is now.
        const target = want.isRun ? context.tree.resolve(want.path).entry?.path : undefined;
        if (target === undefined || seen.has(target) || !context.isSelected(target)) continue;
        seen.add(target);
        pending.push(target);
      }
    }
  },
};

interface ScriptWant extends Want {
  /** True when a shell may come to read it. */
  readonly isRun: boolean;
}

/** True when a shell read the file, or when it is there to be run. */
function isRun(context: RuleContext, path: ImagePath): boolean {
  if (context.tree.get(path)?.type !== 'file') return false;
  return context.reasonsOf(path).some((reason) => {
    if (reason.kind === 'command') return true;
    if (reason.kind === 'static') return reason.defence === 'scripts';
    if (reason.kind !== 'traced' && reason.kind !== 'healed') return false;
    if (reason.accesses.includes('exec')) return true;
    return (
      reason.accesses.includes('read') && reason.programs.some((program) => isShell(programName(context, program)))
    );
  });
}

/** By the end of its links: `dash` for /bin/sh. */
function programName({ tree }: RuleContext, program: string): string {
  return baseName(tree.resolve(program).entry?.path ?? (program as ImagePath));
}

function* wantOfScript(context: RuleContext, path: ImagePath): Generator<ScriptWant> {
  const shell = shellOf(context, path);
  if (shell === undefined || (context.tree.get(path)?.sizeBytes ?? 0) > maxScriptBytes) return;
  const script = parseShell(decodePathBytes(context.contents(path) ?? new Uint8Array()));
  const meanings = wordMeanings(context, script, path);
  const named = namedPrograms(script, (name) => meanings.program(name) !== undefined);
  yield* wantNamed(named, { shell, script, meanings, parent: path });
  yield* wantMentioned(context, script, meanings, path);
}

/** The shell that reads a file; undefined for another interpreter's script and for what no shell would read. */
function shellOf(context: RuleContext, path: ImagePath): string | undefined {
  const head = context.head(path);
  if (head === undefined || head.subarray(0, 512).includes(0)) return undefined;
  const shebang = parseShebang(head);
  const config = { ...context.config, Env: context.env };
  const interpreter =
    shebang === undefined
      ? '/bin/sh'
      : shebang.program === undefined
        ? absolutePath(config, shebang.interpreter)
        : findProgram(context.tree, config, shebang.program);
  if (interpreter === undefined) return undefined;
  const names = [programName(context, interpreter), baseName(interpreter as ImagePath)];
  return names.find(isShell);
}

interface Place {
  readonly shell: string;
  readonly script: ShellScript;
  readonly meanings: WordMeanings;
  readonly parent: ImagePath;
}

function* wantNamed(named: Iterable<NamedProgram>, { shell, script, meanings, parent }: Place): Generator<ScriptWant> {
  const asked = new Set<string>();
  for (const { word, how } of named) {
    for (const text of meanings.texts(word)) {
      const key = `${how} ${text}`;
      if (asked.has(key)) continue;
      asked.add(key);
      if (how === 'runs' && (script.functions.has(text) || isBuiltin(shell, text))) continue;
      const path = how === 'sources' ? meanings.sourced(text) : meanings.program(text);
      const verb = how === 'sources' ? how : 'runs';
      if (path !== undefined) yield { path, reason: because(`${verb} ${text}`, parent), isRun: true };
    }
  }
}

/** Files named by their absolute paths, and the directories in which the script makes others. */
function* wantMentioned(
  { tree }: RuleContext,
  script: ShellScript,
  meanings: WordMeanings,
  parent: ImagePath,
): Generator<ScriptWant> {
  const words = script.commands.flatMap(({ words, assignments, mentions }) => [
    ...words,
    ...assignments.map(({ value }) => value),
    ...mentions,
  ]);
  const paths = new Set(words.flatMap((word) => meanings.texts(word)).map(pathIn));
  for (const path of paths) {
    if (path === undefined) continue;
    const { entry } = tree.resolve(path);
    const isTooLarge = entry?.type === 'file' && (entry.mode & 0o111) === 0 && entry.sizeBytes > maxNamedBytes;
    if (!isTooLarge) yield { path, reason: because(`names ${path}`, parent), isRun: false };
  }
}

/** `/etc/x` itself, and that of `--config=/etc/x`; what the kernel provides is none. */
function pathIn(text: string): string | undefined {
  const path = /^(?:-[\w-]*=)?(\/[^\0\n]*[^\0\n/])\/?$/.exec(text)?.[1];
  return path === undefined || path.length > 4096 || /^\/(?:proc|sys|dev)(?:\/|$)/.test(path) ? undefined : path;
}

/** The words of the image's command and health check, and of each command that ran: `sh -c '…'` has branches too. */
function* wantOfCommandLines(context: RuleContext): Generator<Want> {
  const { Entrypoint, Cmd, Healthcheck, Shell } = context.config;
  const [form, ...words] = Healthcheck?.Test ?? [];
  const lines = [
    [...(Entrypoint ?? []), ...(Cmd ?? [])],
    form === 'CMD-SHELL' ? [...(Shell ?? ['/bin/sh', '-c']), ...words] : words,
    ...context.trace.runs.map(({ command }) => command),
  ];
  const config = { ...context.config, Env: context.env };
  for (const line of lines) {
    const shell = line.find((word) => isShell(baseName(word as ImagePath)));
    const found = shell === undefined ? undefined : findProgram(context.tree, config, shell);
    const parent = found === undefined ? undefined : context.tree.resolve(found).entry?.path;
    if (parent === undefined) continue;
    const script = { commands: [], functions: new Set<string>() };
    const meanings = wordMeanings(context, script);
    const literal = line.map((text) => ({ text, isLiteral: true, isBare: true }));
    const named = programsOfCommand(literal, (name) => meanings.program(name) !== undefined);
    yield* wantNamed(named, { shell: baseName(parent), script, meanings, parent });
  }
}

function because(clause: string, parent: ImagePath): Reason {
  return { kind: 'static', defence: 'scripts', because: clause, parent };
}
