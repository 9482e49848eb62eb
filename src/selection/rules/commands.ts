import type { ImageConfig } from '../../image/image.js';
import { absolutePath, findProgram } from '../environment.js';
import type { Reason } from '../reason.js';
import type { Rule, RuleContext, Want } from '../rule.js';

/** The programs that the image's config names: the config is kept whole, so what it starts must be there. */
export const commands: Rule = {
  name: 'commands',
  looksAt: 'names',
  *want(context) {
    if (!context.isFirstRound) return;
    const [program] = [...(context.config.Entrypoint ?? []), ...(context.config.Cmd ?? [])];
    if (program !== undefined) yield* wantProgram(context, program, 'entrypoint');
    yield* wantHealthcheck(context);
  },
};

function* wantHealthcheck(context: RuleContext): Generator<Want> {
  const [form, ...words] = context.config.Healthcheck?.Test ?? [];
  if (form === 'CMD') {
    yield* wantProgram(context, words[0] ?? '', 'healthcheck');
    for (const word of words.slice(1)) yield* wantFile(context, word);
  }
  if (form === 'CMD-SHELL') {
    yield* wantProgram(context, shellOf(context.config), 'healthcheck');
    for (const word of wordsOfLine(words.join(' '))) {
      yield* wantProgram(context, word, 'healthcheck');
      yield* wantFile(context, word);
    }
  }
}

/** An engine runs CMD-SHELL with the image's SHELL. */
function shellOf(config: ImageConfig): string {
  return config.Shell?.[0] ?? '/bin/sh';
}

function* wantProgram({ tree, config }: RuleContext, name: string, of: 'entrypoint' | 'healthcheck'): Generator<Want> {
  const path = findProgram(tree, config, name);
  const reason: Reason = { kind: 'command', of };
  if (path !== undefined) yield { path, reason };
  // Not executable for all we know, yet named: better kept than not.
  else if (name.includes('/')) yield { path: absolutePath(config, name), reason, onlyIfPresent: true };
}

/** A script that is an argument, as in `CMD ["python3", "/health.py"]`; never a directory, which would say nothing. */
function* wantFile({ tree, config }: RuleContext, word: string): Generator<Want> {
  if (!word.includes('/')) return;
  const path = absolutePath(config, word);
  if (tree.resolve(path).entry?.type === 'file') yield { path, reason: { kind: 'command', of: 'healthcheck' } };
}

/** Every word of a shell line that could be a program; too many is safe, as only those that PATH has are kept. */
function wordsOfLine(line: string): readonly string[] {
  return [...new Set(line.split(/[\s;|&()<>`"'$={}!]+/))].filter((word) => word !== '');
}
