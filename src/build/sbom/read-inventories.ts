import type { Image } from '../../image/image.js';
import { type Inventory, readInventory } from '../../image/inventory/read-inventory.js';
import { type PackageOwnership, readPackages } from '../../image/packages.js';
import type { OpenedBase } from '../base/open-base.js';

export interface Inventories {
  readonly original: Inventory;
  readonly base: Inventory | undefined;
}

/** What is installed in an image, and in the base that the slim one is to stand on. */
export async function readInventories(
  { tree, contents }: Image,
  ownership: PackageOwnership,
  base: OpenedBase | undefined,
): Promise<Inventories> {
  const original = await readInventory(tree, contents, ownership);
  if (base === undefined) return { original, base: undefined };
  const owned = await readPackages(base.image.tree, base.image.contents);
  return { original, base: await readInventory(base.image.tree, base.image.contents, owned) };
}
