/** What code starts: a program by its name, or a text for a shell (empty when it is made up while the code runs). */
export type SpawnedCommand =
  | { readonly kind: 'program'; readonly name: string }
  | { readonly kind: 'shell'; readonly script: string };

interface Calls {
  /** What a source has to hold for it to start anything. */
  readonly hint: RegExp;
  /** Calls whose first argument is a program. */
  readonly programs: RegExp;
  /** Calls whose first argument is for a shell. */
  readonly shells: RegExp;
}

/** The first argument, if it begins with a constant: of a list, its first element. */
const argument = String.raw`\s{0,20}\(?\s{0,40}\[?\s{0,40}[frbuFRBU]{0,2}(["'\x60])([^"'\x60\n]{1,400})\1`;

const php: Calls = {
  hint: /exec|passthru|system|popen|proc_open/,
  programs: new RegExp(String.raw`\b(?:pcntl_exec)${argument}`, 'g'),
  shells:
    /(?<![>:$\w])(?:exec|shell_exec|passthru|system|popen|proc_open)\s{0,20}\(\s{0,40}(?:["']([^"'\n]{1,400})["'])?/g,
};
const node: Calls = {
  hint: /child_process|execa|\bzx\b|shelljs|cross-spawn/,
  programs: new RegExp(
    String.raw`\b(?:spawn|spawnSync|execFile|execFileSync|execFileAsync|execa|execaSync)${argument}`,
    'g',
  ),
  shells:
    /(?:\b(?:execSync|execAsync|execaCommand)|(?<![.\w])(?:(?:cp|child_process|childProcess|shell|proc)\.)?exec)\s{0,20}\(\s{0,40}(?:["'`]([^"'`\n]{1,400})["'`])?/g,
};
const calls: Readonly<Record<string, Calls>> = {
  py: {
    hint: /subprocess|os\.(?:system|popen|exec|spawn)|getoutput/,
    programs: new RegExp(
      String.raw`\b(?:run|Popen|call|check_call|check_output|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?|create_subprocess_exec)${argument}`,
      'g',
    ),
    shells:
      /\b(?:os\.system|os\.popen|getoutput|getstatusoutput|create_subprocess_shell|(?:run|Popen|call|check_call|check_output)(?=\([^\n]{0,400}shell\s{0,4}=\s{0,4}True))\s{0,20}\(\s{0,40}(?:[frbuFRBU]{0,2}["']([^"'\n]{1,400})["'])?/g,
  },
  rb: {
    hint: /system|spawn|popen|capture|pipeline|exec|`|%x/,
    programs: new RegExp(String.raw`\b(?:system|spawn|exec|popen[23]?e?|capture[23]e?|pipeline)${argument}`, 'g'),
    shells: /(?:`([^`\n]{1,400})`|%x[({[]([^)}\]\n]{1,400})[)}\]])/g,
  },
  php,
  pl: {
    hint: /system|exec|qx|open|`/,
    programs: new RegExp(String.raw`\b(?:system|exec)${argument}`, 'g'),
    shells: /(?:`([^`\n]{1,400})`|\bqx\s{0,4}[({[]([^)}\]\n]{1,400})[)}\]])/g,
  },
  js: node,
};

const maxCommands = 500;

/**
 * The commands that a source starts by a constant: Python's `subprocess` and `os`, Node.js's `child_process`, the same of
 * Ruby, PHP and Perl. By the look of the calls, so that too much may be taken for one; linear, never throws.
 *
 * @param language a file name's extension
 */
export function spawnedCommands(text: string, language: string): readonly SpawnedCommand[] {
  const known = calls[{ mjs: 'js', cjs: 'js', pm: 'pl' }[language] ?? language];
  if (known === undefined || !known.hint.test(text)) return [];
  const commands: SpawnedCommand[] = [];
  for (const [, , name = ''] of text.matchAll(known.programs)) {
    // One string with blanks in it is a command line where a shell is asked for, and so is taken for both.
    if (/[\s|&;<>$*]/.test(name)) commands.push({ kind: 'shell', script: name });
    else commands.push({ kind: 'program', name });
    if (commands.length >= maxCommands) break;
  }
  for (const [, script, other] of text.matchAll(known.shells)) {
    commands.push({ kind: 'shell', script: script ?? other ?? '' });
    if (commands.length >= 2 * maxCommands) break;
  }
  return commands;
}
