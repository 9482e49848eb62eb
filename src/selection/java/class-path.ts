import type { RuleContext } from '../rule.js';

/** Options of the java launcher whose next word is a list of paths. */
const pathOptions = new Set(['-cp', '-classpath', '--class-path', '-p', '--module-path', '--upgrade-module-path']);

/**
 * The entries of every class and module path that the image's command, the runs and the environment set: absolute paths
 * of jars and directories, `directory/*` standing for its jars. Files of options (`@file`) are read where they were fetched.
 */
export function classPathEntries(context: RuleContext): readonly string[] {
  const { config, env, trace } = context;
  const variable = (name: string) => env.findLast((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const commands = [
    [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])],
    ...trace.runs.map(({ command }) => command),
    ...['JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS', 'JAVA_OPTS'].map((name) =>
      variable(name).split(/\s+/),
    ),
  ].map((words) => words.flatMap((word) => (word.startsWith('@') ? argumentFile(context, word.slice(1)) : [word])));
  const lists = [variable('CLASSPATH'), ...commands.flatMap(pathLists)];
  const entries = lists.flatMap((list) => list.split(':')).filter((entry) => entry !== '');
  return [...new Set(entries.map((entry) => absolute(context, entry)))];
}

/** The files of options that commands name. */
export function argumentFiles(context: RuleContext): readonly string[] {
  const words = [...(context.config.Entrypoint ?? []), ...(context.config.Cmd ?? [])];
  const all = [...words, ...context.trace.runs.flatMap(({ command }) => command)];
  return all.filter((word) => /^@[^@]/.test(word)).map((word) => absolute(context, word.slice(1)));
}

function pathLists(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    if (pathOptions.has(words[index - 1] ?? '')) return [word];
    const [, value] = /^--(?:class-path|module-path|upgrade-module-path)=(.*)$/s.exec(word) ?? [];
    if (value !== undefined) return [value];
    // A whole command in one word, as a shell gets it.
    if (!/\s/.test(word)) return [];
    return [...word.matchAll(/\s(?:-cp|-classpath|--class-path|-p|--module-path)[\s=]+["']?([^\s"']+)/g)].map(
      (match) => match[1] ?? '',
    );
  });
}

function argumentFile(context: RuleContext, name: string): readonly string[] {
  const { entry } = context.tree.resolve(absolute(context, name));
  const bytes = entry === undefined ? undefined : context.contents(entry.path);
  if (bytes === undefined) return [];
  return Buffer.from(bytes).toString('utf8').replace(/^#.*$/gm, '').replaceAll('"', '').split(/\s+/);
}

function absolute({ config }: RuleContext, path: string): string {
  return path.startsWith('/') ? path : `${config.WorkingDir || '/'}/${path}`;
}
