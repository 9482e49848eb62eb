import type { PackageRecords, PlacedFile } from '../composition.js';

export interface PlannedRecords extends PackageRecords {
  /** The records, with the directories they need; they take the place of selected files of the same path. */
  readonly files: readonly PlacedFile[];
}

/** Records without a file of ours: what is selected, if anything, is all there is. */
export function recordsAsSelected(form: PackageRecords['form'], words: Partial<PlannedRecords> = {}): PlannedRecords {
  return { form, packages: [], remarks: [], files: [], ...words };
}
