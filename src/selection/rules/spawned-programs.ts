import { decodePathBytes, type ImagePath } from '../../image/path.js';
import { findProgram } from '../environment.js';
import type { Rule, RuleContext, Want } from '../rule.js';
import { namedPrograms } from '../shell/named-programs.js';
import { parseShell } from '../shell/parse-shell.js';
import { isBuiltin } from '../shell/shell-programs.js';
import { type SpawnedCommand, spawnedCommands } from '../spawned-commands.js';
import { isSystemDirectory } from '../system-directory.js';

const ofPackage =
  /\/(?:node_modules|site-packages|dist-packages|gems|vendor|lib\/(?:python|ruby|perl|node|lua|php)[\d.]*)\//;

/**
 * The programs that an application's own code starts by a constant name, in functions that the run didn't call, and the
 * shell for those that it gives to one. What packages may start is theirs to say: few applications use all of it.
 */
export const spawnedPrograms: Rule = {
  name: 'spawned-programs',
  defence: 'scripts',
  looksAt: 'contents',
  *want(context, fresh) {
    for (const path of fresh) {
      if (context.tree.get(path)?.type !== 'file' || ofPackage.test(path) || isSystemDirectory(path)) continue;
      const language = /\.(py|rb|php|pl|pm|[cm]?js)$/.exec(path)?.[1];
      const bytes = language === undefined ? undefined : context.contents(path);
      if (language === undefined || bytes === undefined) continue;
      for (const command of spawnedCommands(decodePathBytes(bytes), language))
        yield* wantCommand(context, command, path);
    }
  },
};

function* wantCommand(context: RuleContext, command: SpawnedCommand, parent: ImagePath): Generator<Want> {
  const config = { ...context.config, Env: context.env };
  const find = (name: string) => findProgram(context.tree, config, name);
  const names = command.kind === 'program' ? [command.name] : ['/bin/sh', ...programsOf(command.script, find)];
  for (const name of names) {
    const path = find(name);
    if (path === undefined) continue;
    yield { path, reason: { kind: 'static', defence: 'scripts', because: `starts ${name}`, parent } };
  }
}

function* programsOf(text: string, find: (name: string) => string | undefined): Generator<string> {
  const script = parseShell(text);
  for (const { word, how } of namedPrograms(script, (name) => find(name) !== undefined)) {
    const isOwn = how === 'runs' && (script.functions.has(word.text) || isBuiltin('sh', word.text));
    if (word.isLiteral && how !== 'sources' && !isOwn) yield word.text;
  }
}
