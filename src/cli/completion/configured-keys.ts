import { readFile, stat } from 'node:fs/promises';
import { maxYamlBytes, parseYaml, type YamlNode } from '../../schema/yaml.js';
import { findConfiguration } from '../configuration/read-request.js';
import type { Candidate } from './what-to-complete.js';

/** What a key may be (see `slimtrace schema config`); anything else in the file is no name to complete. */
const plainKey = /^[A-Za-z0-9][\w.-]*$/;

/** The keys of a configuration's images, whatever else is wrong with it; none without one. */
export async function configuredKeys(given: string | undefined): Promise<readonly Candidate[]> {
  const file = given ?? findConfiguration();
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || !found?.isFile() || found.size > maxYamlBytes) return [];
  const { root } = parseYaml(await readFile(file));
  return entriesOf(entriesOf(root).find(({ key }) => key === 'images')?.value)
    .filter(({ key }) => plainKey.test(key))
    .map(({ key }) => ({ value: key, description: `in ${file}` }));
}

function entriesOf(node: YamlNode | undefined) {
  return node?.kind === 'map' ? node.entries : [];
}
