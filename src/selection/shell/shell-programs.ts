/** Shells whose scripts are read for what they run, by the name of their program; busybox is one of its applets. */
const shellNames = new Set('sh dash bash ash ksh ksh93 mksh oksh zsh yash busybox'.split(' '));

/** True for a program of this name that runs POSIX shell scripts. */
export function isShell(name: string): boolean {
  return shellNames.has(name);
}

/** Built into every one of these shells (POSIX.1-2017 XCU 2.14 and 1.6, and what dash, bash, ksh and busybox all add). */
const common = new Set(
  (
    '. : [ alias bg break cd command continue echo eval exec exit export false fc fg getopts hash jobs kill let local printf pwd ' +
    'read readonly return set shift test times trap true type ulimit umask unalias unset wait for select'
  ).split(' '),
);
/** What bash has on top (bash(1), SHELL BUILTIN COMMANDS), most of it in ksh and zsh as well. */
const ofBash = new Set(
  (
    'bind builtin caller compgen complete compopt declare dirs disown enable help history logout mapfile popd pushd ' +
    'readarray shopt source suspend time typeset print whence'
  ).split(' '),
);
const ofBusybox = new Set(['source', 'help', 'history', 'time']);

/** True when the shell, by the name of its program, needs no file for a command. */
export function isBuiltin(shell: string, command: string): boolean {
  if (common.has(command)) return command !== 'let' || (shell !== 'dash' && shell !== 'sh');
  if (shell === 'busybox' || shell === 'ash') return ofBusybox.has(command);
  return shell !== 'dash' && shell !== 'sh' && ofBash.has(command);
}
