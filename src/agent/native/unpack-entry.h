/* Makes one entry of a plan. */
#ifndef UNPACK_ENTRY_H
#define UNPACK_ENTRY_H

#include "plan-entry.h"
#include "plan-input.h"
#include "unpack-attributes.h"
#include "unpack-directories.h"
#include "unpack-place.h"
#include "unpack-sources.h"

struct unpacking {
	struct plan_input *input;
	struct unpack_sources sources;
	struct unpack_place place, target_place; /* of what is made, and of what hard links name */
	struct unpack_directories directories;
	struct unpack_losses losses;
};

/* Reads the entry's extended attributes on the way. 0, or an exit code after a message that names the entry. */
int unpack_entry(struct unpacking *unpacking, const struct plan_entry *entry);

#endif
