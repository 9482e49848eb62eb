import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScratch, testWith } from '../support/run-docker.ts';
import { openSlimtrace, type Slimtrace, withoutEngine } from '../support/run-slimtrace.ts';

const executable = fileURLToPath(new URL('../../bin/slimtrace.js', import.meta.url));
const typist = fileURLToPath(new URL('../support/type-into-shell.py', import.meta.url));

/** A docker client that knows three images, one of them with a name that no shell should see. */
const fakeDocker = `#!/bin/sh
case "$1" in
image) printf '%s\\n' 'app:1.2' 'app:$(touch evil)' 'registry.example:5000/team/app@x:1' '<none>:<none>' ;;
ps) printf '%s\\n' web ;;
esac
`;

/** Keys, and what the terminal shows then; the same in bash and in zsh. */
const typed = [
  ['slimtrace verif\t', 'slimtrace verify '],
  ['slimtrace slim --expl\t', 'slimtrace slim --explain-size '],
  ['slimtrace slim --engine=po\t', 'slimtrace slim --engine=podman '],
  ['slimtrace slim app\t', 'slimtrace slim app:1.2 '],
  ['slimtrace slim app:\t', 'slimtrace slim app:1.2 '],
  ['slimtrace slim "app:1\t', 'slimtrace slim "app:1.2" '],
  ['slimtrace debug w\t', 'slimtrace debug web '],
  ['slimtrace slim oci-archive:my\t', 'slimtrace slim oci-archive:my\\ file.tar '],
  ['slimtrace slim --report=my\t', 'slimtrace slim --report=my\\ file.tar '],
  ['slimtrace slim oci:lay\t', 'slimtrace slim oci:layout/'],
] as const;

describe('shells complete slimtrace’s command lines', () => {
  let slimtrace: Slimtrace;
  let scratch: Awaited<ReturnType<typeof openScratch>>;
  const file = (name: string) => join(scratch.path, name);

  beforeAll(async () => {
    slimtrace = await openSlimtrace();
    scratch = await openScratch();
    await mkdir(file('bin'));
    await symlink(executable, file('bin/slimtrace'));
    await writeFile(file('bin/docker'), fakeDocker, { mode: 0o755 });
    await mkdir(file('work/layout'), { recursive: true });
    await writeFile(file('work/my file.tar'), '');
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout, exitCode } = await slimtrace.run(['completion', shell], { leavesEngineAlone: true });
      expect(exitCode).toBe(0);
      await writeFile(file(`slimtrace.${shell}`), stdout);
    }
    await writeFile(file('bashrc'), `PS1='ready> '; source ${file('slimtrace.bash')}\n`);
    const zshrc = `PS1='ready> '; autoload -Uz compinit; compinit -u -D; source ${file('slimtrace.zsh')}\n`;
    await writeFile(file('.zshrc'), zshrc);
  });
  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
    await slimtrace[Symbol.asyncDispose]();
  });

  const environment = () => ({
    PATH: [file('bin'), process.env.PATH].join(delimiter),
    HOME: scratch.path,
    ZDOTDIR: scratch.path,
    TERM: 'dumb',
    INPUTRC: '/dev/null',
  });
  const type = async (shell: readonly string[], more: readonly (readonly [string, string])[] = []) => {
    const input = JSON.stringify([...typed, ...more]);
    const options = { env: environment(), cwd: file('work'), input, reject: false } as const;
    const { exitCode, stderr } = await execa('python3', [typist, ...shell], options);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  };

  testWith(['bash', 'python3'], 'bash, without the package bash-completion', async () => {
    await type(['bash', '--noprofile', '--rcfile', file('bashrc'), '-i']);
  });

  testWith(['zsh', 'python3'], 'zsh', async () => {
    // Choices without descriptions in the order of the help, and with none of the dashes that go before descriptions.
    await type(['zsh', '-i'], [['slimtrace slim --engine \t', 'auto      docker    podman    embedded\r']]);
    // As a file of fpath, which is how packages install it.
    const check = `fpath=(${file('functions')} $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[slimtrace]`;
    await mkdir(file('functions'));
    await symlink(file('slimtrace.zsh'), file('functions/_slimtrace'));
    expect((await execa('zsh', ['-f', '-c', check], { env: environment() })).stdout).toBe('_slimtrace');
  });

  testWith(['fish'], 'fish, with descriptions', async () => {
    const asked = [...typed.map(([keys]) => keys.trimEnd()), 'slimtrace slim --dry', 'slimtrace slim x -- '];
    const lines = asked.map((line) => `echo "== "; complete -C '${line}'`);
    await writeFile(file('ask.fish'), [`source ${file('slimtrace.fish')}`, ...lines, ''].join('\n'));
    const { stdout } = await execa('fish', ['--no-config', file('ask.fish')], {
      env: environment(),
      cwd: file('work'),
    });
    const answers = stdout
      .split('== ')
      .slice(1)
      .map((answer) => answer.trim());
    expect(answers.slice(1)).toEqual([
      expect.stringMatching(/^--explain-size\t\w/),
      '--engine=podman',
      'app:1.2',
      'app:1.2',
      'app:1.2',
      'web',
      'oci-archive:my file.tar',
      '--report=my file.tar',
      expect.stringMatching(/^oci:layout\/\t/),
      expect.stringMatching(/^--dry-run\t\w/),
      '',
    ]);
    expect(answers[0]).toMatch(/^verify\t\w/);
  });

  test('the package brings the manual page that the program prints', async () => {
    const root = new URL('../../', import.meta.url);
    const { man } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { readonly man: string };
    const { stdout } = await slimtrace.run(['man'], { leavesEngineAlone: true });
    expect(await readFile(new URL(man, root), 'utf8')).toBe(stdout);
  });

  test('an engine that does not answer is waited for a moment only, and says nothing', async () => {
    const settings = await withoutEngine(file('work'));
    const docker = file('work/bin/docker');
    await writeFile(docker, '#!/bin/sh\necho trouble >&2\nexec /bin/sleep 60\n');
    await chmod(docker, 0o755);
    const outcome = await slimtrace.run(['__complete', 'fish', '--', 'slim', 'oci-'], settings);
    expect(outcome).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^oci-archive:\t.*\n:nospace\n$/),
      stderr: '',
    });
  });
});
