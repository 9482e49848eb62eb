import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { missingPrerequisite, nativeSources, openScratch, prebuiltAgent, runTraced } from './agent-bench.ts';

const scratch = openScratch();
afterAll(() => scratch[Symbol.dispose]());

const missingEmulator = missingPrerequisite('qemu-aarch64-static');

describe.skipIf(missingEmulator)(
  `the arm64 agent under QEMU's user emulation (${missingEmulator ?? 'installed'})`,
  () => {
    const agent = prebuiltAgent('aarch64');

    function emulate(args: readonly string[], input = '') {
      return spawnSync('qemu-aarch64-static', [agent, ...args], { encoding: 'latin1', input, maxBuffer: 1 << 28 });
    }

    it('lists and packs exactly as the x86-64 one', () => {
      const root = join(scratch.path, 'tree');
      mkdirSync(join(root, 'inner'), { recursive: true });
      writeFileSync(join(root, 'inner/file'), 'content');
      execFileSync('setfattr', ['-n', 'user.a', '-v', '0x00ff', join(root, 'inner/file')]);
      const native = prebuiltAgent('x86_64');
      // The emulator does not know open_tree, so it walks the plain tree.
      const listed = emulate(['list', '--root', root]);
      expect(listed).toMatchObject({ status: 0, stderr: '' });
      const withoutDevice = (text: string) =>
        text.replace(/\d+:(\d+) (\d+ \d+:\d+ \d+\0)/g, '$1 $2').replace(/^slimtrace-list 1 \w+/, '');
      const expected = spawnSync(native, ['list', '--root', root], { encoding: 'latin1' });
      expect(withoutDevice(listed.stdout)).toBe(withoutDevice(expected.stdout));
      const packed = emulate(['pack', '--root', root], '/inner/file\0');
      expect(packed.stdout).toBe(
        spawnSync(native, ['pack', '--root', root], { encoding: 'latin1', input: '/inner/file\0' }).stdout,
      );
    });

    it('says that it cannot trace there', () => {
      const ran = emulate(['trace', '--out', join(scratch.path, 'emulated'), '--', 'true']);
      expect(ran.status).toBe(71);
      expect(ran.stderr).toMatch(
        /^slimtrace-agent: cannot trace: this kernel has no seccomp user notification \(Linux 5\.5 or later is needed\)\n$/,
      );
      expect(existsSync(join(scratch.path, 'emulated'))).toBe(false);
    });
  },
);

const missingCompilers = missingPrerequisite('x86_64-linux-gnu-gcc-12', 'aarch64-linux-gnu-gcc-12', 'apt-get', 'make');

describe.skipIf(missingCompilers)(`building again (${missingCompilers ?? 'compilers installed'})`, () => {
  it('in another directory gives the shipped bytes', { timeout: 300_000 }, () => {
    const copy = join(scratch.path, 'somewhere/else');
    const isSource = (path: string) => !path.startsWith(join(nativeSources, 'build/'));
    cpSync(nativeSources, copy, { recursive: true, filter: isSource });
    // The packages are fetched once; their hashes are pinned in build.sh either way.
    mkdirSync(join(copy, 'build'), { recursive: true });
    const fetched = join(nativeSources, 'build');
    for (const name of existsSync(fetched) ? readdirSync(fetched) : [])
      if (name.endsWith('.deb')) cpSync(join(fetched, name), join(copy, 'build', name));
    const out = join(scratch.path, 'rebuilt');
    const env = { ...process.env, TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8' };
    execFileSync('sh', [join(copy, 'build.sh'), out], { env, stdio: 'pipe' });
    for (const architecture of ['x86_64', 'aarch64'] as const) {
      const rebuilt = readFileSync(join(out, architecture, 'slimtrace-agent'));
      expect(rebuilt.equals(readFileSync(prebuiltAgent(architecture)))).toBe(true);
    }
  });
});

const goProgram = `package main
import ("fmt"; "os"; "sync")
func main() {
	var all sync.WaitGroup
	for worker := 0; worker < 8; worker++ {
		all.Add(1)
		go func(worker int) {
			defer all.Done()
			for i := 0; i < 300; i++ {
				path := fmt.Sprintf("/go/worker-%d-%d", worker, i)
				if _, err := os.Stat(path); !os.IsNotExist(err) { panic(err) }
				for spin := 0; spin < 20000; spin++ { _ = spin * spin }
			}
		}(worker)
	}
	all.Wait()
}
`;

const isGoInstalled = spawnSync('go', ['version']).status === 0;
const missingRoot = missingPrerequisite();

// Go is no prerequisite: signals.c fires the runtime's signals without it.
describe.skipIf(missingRoot ?? !isGoInstalled)('a real Go program', () => {
  it('has every path recorded despite its preemption signals', () => {
    writeFileSync(join(scratch.path, 'main.go'), goProgram);
    execFileSync('go', ['build', '-o', 'program', 'main.go'], { cwd: scratch.path });
    const run = runTraced([join(scratch.path, 'program')], { directory: scratch.path });
    expect(run).toMatchObject({ code: 0, stderr: '', records: { state: 'ok' } });
    expect(run.records.touched.filter(({ path }) => path.startsWith('/go/worker-'))).toHaveLength(8 * 300);
  });
});
