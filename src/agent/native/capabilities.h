/* Capabilities to take from the app (capabilities(7)). */
#ifndef CAPABILITIES_H
#define CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

/* "CAP_SYS_ADMIN,CAP_SYS_PTRACE" to a set; the name that isn't known, or NULL when all are. */
const char *parse_capabilities(const char *names, uint64_t *set);

/* Whether the calling thread has the capability in effect. */
bool has_capability(unsigned capability);

/* Takes them from the bounding set. 0, or -1 with errno. */
int drop_from_bounding(uint64_t set);

/* Takes them from all the thread's other sets. 0, or -1 with errno. */
int drop_from_thread(uint64_t set);

#endif
