type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its variables put in, or why that can't be done. */
export type Interpolated = { readonly text: string } | { readonly problem: string; readonly isUnset: boolean };

const reference = /\$(?:(\$)|\{([A-Za-z_]\w*)(?:(:?[-?+])((?:[^{}$]|\$\$)*))?\}|([A-Za-z_]\w*)|)/g;

/**
 * Puts variables in, as Compose files have them: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`,
 * `${NAME?message}`, `${NAME:+instead}`, `${NAME+instead}`, and `$$` for a dollar sign; with a colon, empty counts as not
 * set. Other than there, a variable that isn't set and has no default is a problem: an image without its tag is another image.
 */
export function interpolate(text: string, env: Environment): Interpolated {
  let problem: Interpolated | undefined;
  const replaced = text.replace(
    reference,
    (whole, dollar?: string, braced?: string, operator = '', word = '', plain?: string) => {
      if (dollar !== undefined) return '$';
      const name = braced ?? plain;
      if (name === undefined) {
        problem ??= {
          problem: `${JSON.stringify(whole)} begins no variable: write $$ for a dollar sign`,
          isUnset: false,
        };
        return '';
      }
      const result = substitute(env[name], operator, word.replaceAll('$$', '$'));
      if (result !== undefined) return result;
      problem ??= { problem: unset(name, operator, word), isUnset: true };
      return '';
    },
  );
  return problem ?? { text: replaced };
}

function substitute(value: string | undefined, operator: string, word: string): string | undefined {
  const isSet = value !== undefined && !(operator.startsWith(':') && value === '');
  if (operator.endsWith('+')) return isSet ? word : '';
  if (isSet) return value;
  return operator.endsWith('-') ? word : undefined;
}

function unset(name: string, operator: string, message: string): string {
  const what = `the variable ${name} is not set`;
  if (operator.endsWith('?')) return message === '' ? what : `${what}: ${message}`;
  return `${what} (\${${name}:-…} gives it a default; $$ is a dollar sign)`;
}
