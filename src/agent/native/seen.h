/* What has been recorded already: an exact set (no hash is taken for the thing itself), so that nothing is left out by chance. */
#ifndef SEEN_H
#define SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One thing recorded; `epoch` is the caller's to use. */
struct seen {
	uint64_t hash;
	const char *key;
	uint32_t length;
	uint32_t epoch;
};

/* Finds the key or adds it. NULL when there is no memory for a new one: then it counts as new each time, which costs
 * time and trace size but loses nothing. */
struct seen *seen_find_or_add(const char *key, size_t length, bool *is_new);

#endif
