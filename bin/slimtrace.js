#!/usr/bin/env -S node --
// The `--`: without it Node.js 20 takes an --env-file among our arguments for its own.
import { run } from '../dist/cli.js';

process.exitCode = await run(process);
