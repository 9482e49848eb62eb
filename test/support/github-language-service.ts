import { Module } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ActionsMetadataProvider, validate } from '@actions/languageservice';
import { build } from 'esbuild';

type Document = Parameters<typeof validate>[0];

/** The content of an action.yml. */
type ActionMetadata = NonNullable<Awaited<ReturnType<ActionsMetadataProvider['fetchActionMetadata']>>>;

interface Position {
  readonly line: number;
  readonly character: number;
}

/** Returns what is wrong with a workflow or action.yml, each with the number of its line. */
type GithubLinter = (text: string, file: string) => Promise<readonly string[]>;

/**
 * GitHub's own service for editors. It knows the inputs of the action `slimtrace/slimtrace`, whose action.yml is given, and
 * finds those of other actions right.
 */
export async function loadGithubLinter(metadata: ActionMetadata): Promise<GithubLinter> {
  const service = await loadService();
  const other = { name: 'other', description: '' };
  let count = 0;
  return async (text, file) => {
    // It remembers what it has parsed by the URI.
    const document = documentOf(`file:///${++count}/${file}`, text);
    const found = await service.validate(document, {
      actionsMetadataProvider: {
        fetchActionMetadata: async ({ owner, name }) =>
          `${owner}/${name}` === 'slimtrace/slimtrace' ? metadata : other,
      },
    });
    return found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
  };
}

/** Bundled first: it imports JSON in a way that bundlers know and Node.js doesn't. */
async function loadService(): Promise<{ validate: typeof validate }> {
  const directory = fileURLToPath(new URL('.', import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents: "export { validate } from '@actions/languageservice'", resolveDir: directory },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  const loaded = new Module('languageservice');
  const compile = (loaded as unknown as { _compile(code: string, file: string): void })._compile;
  compile.call(loaded, outputFiles[0]?.text ?? '', `${directory}languageservice.cjs`);
  return loaded.exports;
}

/** A text as the Language Server Protocol has it, as far as the service asks. */
function documentOf(uri: string, text: string): Document {
  const lines = text.split('\n');
  const offsetAt = ({ line, character }: Position) =>
    lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, character);
  const document: Partial<Document> = {
    uri,
    languageId: 'yaml',
    version: 1,
    lineCount: lines.length,
    offsetAt,
    positionAt: (offset: number) => {
      const before = text.slice(0, offset).split('\n');
      return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    },
    getText: (range?: { readonly start: Position; readonly end: Position }) =>
      range === undefined ? text : text.slice(offsetAt(range.start), offsetAt(range.end)),
  };
  return document as Document;
}
