import type { CompletionShell } from './complete.js';

// The scripts know no command and no flag: they ask the program itself (complete.ts), so that they never go out of date,
// and nothing that is completed is ever evaluated by a shell.

const bash = String.raw`# bash completion for slimtrace
_slimtrace() {
  local program=$1 value description directive=
  type -P "$program" >/dev/null || program=slimtrace
  COMPREPLY=()
  while IFS=$'\t' read -r value description; do
    case $value in
      :*) directive=$value ;;
      *) COMPREPLY+=("$value") ;;
    esac
  done < <("$program" __complete bash -- "$COMP_WORDBREAKS" "${'$'}{COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case $directive in
    :files:*) compopt -o default ;;
    :directories:*) compopt -o dirnames ;;
    :nospace) compopt -o nospace ;;
  esac
}
complete -F _slimtrace slimtrace
`;

const zsh = String.raw`#compdef slimtrace
# zsh completion for slimtrace
_slimtrace() {
  local program=${'$'}{(Q)words[1]} line value directive=:end prefix
  local -a found
  (( $+commands[$program] )) || [[ -x $program ]] || program=slimtrace
  for line in "${'$'}{(@f)$("$program" __complete zsh -- "${'$'}{(@Q)words[2,CURRENT-1]}" "${'$'}{(Q)PREFIX}" 2>/dev/null)}"; do
    value=${'$'}{line%%$'\t'*}
    if [[ $value == :* ]]; then
      directive=$value
    elif [[ -n $value ]]; then
      value=${'$'}{${'$'}{value//\\/\\\\}//:/\\:}
      # Without a description not even its colon: zsh would line up a column of nothing, and turn the order.
      [[ $line == *$'\t'?* ]] && value+=:${'$'}{line#*$'\t'}
      found+=("$value")
    fi
  done
  prefix=${'$'}{${'$'}{directive#:}#*:}
  case $directive in
    :files:*) compset -p ${'$'}{#prefix}; _files ;;
    :directories:*) compset -p ${'$'}{#prefix}; _files -/ ;;
    :nospace) _describe -V slimtrace found -S '' ;;
    *) _describe -V slimtrace found ;;
  esac
}
# Loaded from fpath it is called at once; sourced, it is registered.
if [[ $funcstack[1] == _slimtrace ]]; then
  _slimtrace "$@"
else
  compdef _slimtrace slimtrace
fi
`;

const fish = String.raw`# fish completion for slimtrace
function __slimtrace_complete
    set -l words (commandline -opc)
    # A quote that is still open is no part of the word.
    set -l current (string replace -r '^["\']' '' -- (commandline -ct))
    set -l program $words[1]
    type -q -- $program; or set program slimtrace
    for line in ($program __complete fish -- $words[2..-1] "$current" 2>/dev/null)
        set -l prefix (string replace -r '^:[a-z]+:' '' -- $line)
        set -l rest (string sub -s (math 1 + (string length -- "$prefix")) -- "$current")
        switch $line
            case ':files:*'
                for path in (__fish_complete_path "$rest")
                    printf '%s%s\n' $prefix $path
                end
            case ':directories:*'
                for path in (__fish_complete_directories "$rest")
                    printf '%s%s\n' $prefix $path
                end
            case ':*'
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c slimtrace -f -a '(__slimtrace_complete)'
`;

/** What a shell reads to complete slimtrace's command lines (bash 4, zsh 5, fish 3, or later). */
export const completionScripts: Readonly<Record<CompletionShell, string>> = { bash, zsh, fish };
