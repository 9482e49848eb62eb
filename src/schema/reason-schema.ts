import { z } from 'zod';
import { defences } from '../selection/defence.js';
import { accessKinds } from '../trace/trace.js';

const path = z.string();

const named = {
  accesses: z.array(z.enum(accessKinds)),
  programs: z.array(z.string()).describe('Executables, as paths in the image.'),
  named: z.string().describe('The path as the program named it.'),
};

const because = z.string().describe('A clause with the kept parent, where there is one, as its subject.');

/** A reason that leads on from another kept path, and says nothing more. */
const fromParent = <const Kind extends string>(kind: Kind) => z.strictObject({ kind: z.literal(kind), parent: path });

/** Why a path is kept; `parent` is the kept path that asked for it. */
export const reasonSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('traced'), ...named }).describe('A traced program named it in a system call.'),
    z
      .strictObject({ kind: z.literal('traced-missing'), ...named })
      .describe('A traced program named something that doesn’t exist below this directory.'),
    z
      .strictObject({ kind: z.literal('healed'), round: z.int().min(1), ...named })
      .describe('The slim image’s own traced run named it, and lacked it.'),
    z
      .strictObject({ kind: z.literal('enumerated'), parent: path, pack: z.string() })
      .describe('In a directory that the application lists and a pack knows to hold plugins.'),
    z
      .strictObject({ kind: z.literal('static'), defence: z.enum(defences), because, parent: path.exactOptional() })
      .describe('Known without having been seen.'),
    z
      .strictObject({ kind: z.literal('pack'), pack: z.string(), because, parent: path.exactOptional() })
      .describe('A pack of declared knowledge asks for it.'),
    fromParent('symlink').describe('A symlink that a wanted path goes through; parent is where it led.'),
    fromParent('symlink-target'),
    fromParent('parent-directory'),
    fromParent('walked-through'),
    fromParent('elf-interpreter'),
    z.strictObject({ kind: z.literal('elf-needed'), parent: path, library: z.string(), via: z.string() }),
    fromParent('cpu-variant'),
    fromParent('loader-configuration'),
    z.strictObject({ kind: z.literal('shebang'), parent: path, line: z.string() }),
    z.strictObject({ kind: z.literal('certificates'), what: z.string(), parent: path.exactOptional() }),
    z
      .strictObject({ kind: z.literal('identity'), what: z.string(), parent: path.exactOptional() })
      .describe('User, group and name-service files.'),
    z.strictObject({ kind: z.literal('os-release') }),
    z.strictObject({ kind: z.literal('temporary-directory') }),
    z.strictObject({ kind: z.literal('working-directory') }),
    z.strictObject({ kind: z.literal('volume') }),
    z.strictObject({ kind: z.literal('command'), of: z.enum(['entrypoint', 'healthcheck']) }),
    z.strictObject({ kind: z.literal('included-by-user'), pattern: z.string() }),
    z.strictObject({ kind: z.literal('included-shell') }),
  ])
  .describe('Why a path is kept; parent is the kept path that asked for it.');
