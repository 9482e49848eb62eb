import { apache } from './apache.js';
import type { ConfigurationFormat } from './configuration-format.js';
import { lineFormats } from './line-formats.js';
import { nginx } from './nginx.js';
import { pam } from './pam.js';

/** All formats; the first that a file's name fits is its format. */
export const everyFormat: readonly ConfigurationFormat[] = [nginx, apache, pam, ...lineFormats];
