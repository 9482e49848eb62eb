import type { ImageConfig } from '../../image/image.js';

/** What of an image's configuration decides how it runs, by Dockerfile's words, a line of text each; nothing unset, no values of variables. */
export function describeConfig(config: ImageConfig): Readonly<Record<string, string>> {
  const names = (config.Env ?? []).map((variable) => variable.split('=', 1)[0] ?? '').sort();
  const lines: Record<string, string | undefined> = {
    user: config.User,
    workdir: config.WorkingDir,
    entrypoint: listOf(config.Entrypoint),
    cmd: listOf(config.Cmd),
    env: listOf(names),
    expose: listOf(Object.keys(config.ExposedPorts ?? {}).sort()),
    volume: listOf(Object.keys(config.Volumes ?? {}).sort()),
    healthcheck: listOf(config.Healthcheck?.Test),
    stopsignal: config.StopSignal,
  };
  return Object.fromEntries(Object.entries(lines).flatMap(([name, text]) => (text ? [[name, text]] : [])));
}

function listOf(words: readonly string[] | null | undefined): string | undefined {
  return words == null || words.length === 0 ? undefined : renderWords(words);
}

/** A command on one line. */
export function renderWords(words: readonly string[]): string {
  return words.map(asWord).join(' ');
}

/** So that two words don't read as one. */
function asWord(word: string): string {
  return /^[^\s"\\]+$/.test(word) ? word : JSON.stringify(word);
}
