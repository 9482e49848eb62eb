// Builds fixture images: npx tsx test/support/fixture-build.ts [--all | case...]. Without an argument it lists them.
import { execa } from 'execa';
import { ensureFixtureImage, listDistrolessBases, listFixtures, readExpectation } from './fixture-images.ts';

// As many at a time as a small machine has cores: unpacking packages keeps one busy.
const concurrency = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const known = await listFixtures();
  if (args.length === 0) {
    for (const name of known) console.log(`${name.padEnd(18)} ${(await readExpectation(name)).description}`);
    return 0;
  }
  const names = args.includes('--all') ? [...known, ...(await listDistrolessBases())] : args;
  const failures: string[] = [];
  const told = new Set<unknown>();
  const queue = [...names];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const started = performance.now();
      const failure = await buildOne(name, started).catch((error: unknown) => error);
      if (failure === undefined) continue;
      failures.push(name);
      // A base that can't be built fails all that stand on it with one and the same error.
      if (!told.has(failure)) console.error(`${name}: ${failure instanceof Error ? failure.message : failure}`);
      told.add(failure);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (failures.length > 0) console.error(`not built: ${failures.join(', ')}`);
  return failures.length > 0 ? 1 : 0;
}

async function buildOne(name: string, started: number): Promise<void> {
  const image = await ensureFixtureImage(name, { onBuild: (part) => console.error(`${part}: building`) });
  const { stdout } = await execa('docker', ['image', 'inspect', '--format', '{{.Size}}', image]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.error(`${name}: ${image} ready after ${seconds} s, ${(Number(stdout) / 1e6).toFixed(0)} MB`);
}
