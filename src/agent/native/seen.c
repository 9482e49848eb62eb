#include "seen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CHUNK_BYTES = 1 << 20, FIRST_SLOTS = 1 << 12 };

static struct seen *slots; /* open addressing; a free slot has no key */
static size_t slot_count;
static size_t used;
static char *chunk;
static size_t chunk_left;

static uint64_t read_word(const char *at) {
	uint64_t word;
	memcpy(&word, at, sizeof word);
	return word;
}

/* Eight bytes a step (the multiply-and-fold of wyhash): this runs for every traced call. */
static uint64_t hash_of(const char *key, size_t length) {
	uint64_t hash = length ^ 0x9e3779b97f4a7c15u;
	while (length >= 8) {
		unsigned __int128 product = (unsigned __int128)(hash ^ read_word(key)) * 0xa0761d6478bd642fu;
		hash = (uint64_t)product ^ (uint64_t)(product >> 64);
		key += 8;
		length -= 8;
	}
	char last[8] = {0};
	memcpy(last, key, length);
	unsigned __int128 product = (unsigned __int128)(hash ^ read_word(last)) * 0xe7037ed1a0b428dbu;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static void *map_pages(size_t bytes) {
	void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return pages == MAP_FAILED ? NULL : pages;
}

static struct seen *slot_of(struct seen *table, size_t count, uint64_t hash, const char *key, size_t length) {
	size_t at = hash & (count - 1);
	while (table[at].key && (table[at].hash != hash || table[at].length != length || memcmp(table[at].key, key, length) != 0))
		at = (at + 1) & (count - 1);
	return &table[at];
}

/* Keeps a third of the slots free; false when there is no memory. */
static bool make_room(void) {
	if (slots && used < slot_count / 3 * 2) return true;
	size_t bigger_count = slots ? slot_count * 2 : FIRST_SLOTS;
	struct seen *bigger = map_pages(bigger_count * sizeof *bigger);
	/* One slot must stay free, else a search for a missing key would never end. */
	if (!bigger) return slots && used + 1 < slot_count;
	for (size_t i = 0; i < slot_count; i++)
		if (slots[i].key) *slot_of(bigger, bigger_count, slots[i].hash, slots[i].key, slots[i].length) = slots[i];
	if (slots) munmap(slots, slot_count * sizeof *slots);
	slots = bigger;
	slot_count = bigger_count;
	return true;
}

static const char *keep(const char *key, size_t length) {
	if (length > chunk_left) {
		chunk = map_pages(CHUNK_BYTES); /* the rest of the last one is left: less than a path */
		chunk_left = chunk ? CHUNK_BYTES : 0;
		if (!chunk || length > chunk_left) return NULL;
	}
	char *kept = memcpy(chunk, key, length);
	chunk += length;
	chunk_left -= length;
	return kept;
}

struct seen *seen_find_or_add(const char *key, size_t length, bool *is_new) {
	*is_new = true;
	if (!make_room()) return NULL;
	uint64_t hash = hash_of(key, length);
	struct seen *slot = slot_of(slots, slot_count, hash, key, length);
	*is_new = slot->key == NULL;
	if (!*is_new) return slot;
	const char *kept = keep(key, length);
	if (!kept) return NULL;
	*slot = (struct seen){.hash = hash, .key = kept, .length = (uint32_t)length, .epoch = 0};
	used++;
	return slot;
}
