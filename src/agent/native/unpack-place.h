/* Where entries are made: names in real directories beneath one root. */
#ifndef UNPACK_PLACE_H
#define UNPACK_PLACE_H

#include <stddef.h>
#include <stdint.h>

#include "plan-input.h"

struct unpack_place {
	int root;
	int parent; /* of the last entry, or -1 */
	size_t parent_length;
	char parent_path[PLAN_FIELD_MAX];
};

void unpack_place_begin(struct unpack_place *place, int root);

/* Opens a plain path, or "/", beneath the root, of whatever length; no link on the way is followed, nor the last. -1 with errno. */
int unpack_open_beneath(int root, const char *path, uint64_t flags);

/* The directory a plain path's last component stands in, open until the next call, and that `*name`. -1 with errno. */
int unpack_parent_of(struct unpack_place *place, const char *path, const char **name);

#endif
