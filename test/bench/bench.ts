// `npm run bench`: every figure that is promised, in one run. Exit code 1 when one is missed.
import { execa } from 'execa';

let isMissed = false;
for (const part of ['slim-cost', 'trace-cost', 'archive-cost', 'embedded-cost', 'ci']) {
  console.log(`\n== ${part}`);
  const { exitCode } = await execa('tsx', [new URL(`${part}.ts`, import.meta.url).pathname], {
    stdio: 'inherit',
    preferLocal: true,
    reject: false,
  });
  if (exitCode !== 0) isMissed = true;
}
process.exitCode = isMissed ? 1 : 0;
