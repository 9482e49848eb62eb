/* The ids of a new user namespace (user_namespaces(7)). */
#ifndef ID_MAP_H
#define ID_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct id_map {
	enum {
		ID_MAP_NONE, /* no user namespace */
		ID_MAP_ALL,  /* every id is itself; takes root */
		ID_MAP_SELF, /* 0 is the caller, and nobody else is there */
		ID_MAP_SUB,  /* 0 is the caller, 1 and up are subordinate ids (subuid(5)) */
	} kind;
	uint64_t uid, uid_count, gid, gid_count; /* ID_MAP_SUB: the ranges outside */
};

/* "none", "all", "self" or "sub:UID:COUNT:GID:COUNT"; false for anything else. */
bool id_map_parse(const char *string, struct id_map *map);

/* Gives the map to `process`, which is alone in a new user namespace. 0, or EXIT_CANNOT_CONTAIN after a message. */
int id_map_write(const struct id_map *map, pid_t process);

/* Says why there is no new user namespace, from clone's errno; returns EXIT_CANNOT_CONTAIN. */
int id_map_refused(int error);

#endif
