const wrong =
  /(?:error|exception)s?\b|\b(?:traceback|panic|fatal|critical|cannot|can't|can not|could not|couldn't|unable to|fail(?:ed|ure|s)?|not found|no such|(?:permission|access) denied|not permitted|read-only file system|undefined symbol|missing|core dumped|abort(?:ed)?|unhandled|segmentation fault)\b/i;

const fine = /\b(?:no|0|without) (?:errors?|exceptions?|failures?)\b/gi;

/** Whether a line of a log tells that something went wrong. */
export function looksWrong(line: string): boolean {
  return wrong.test(line.replace(fine, ''));
}
