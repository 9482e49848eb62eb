import type { Pack } from './pack.js';
import packs from './packs/packs.json' with { type: 'json' };

/** What slimtrace knows; the tests check it as a user's packs are checked. */
export const builtinPacks = packs as readonly Pack[];
