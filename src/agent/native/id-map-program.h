/* newuidmap(1) and newgidmap(1), which map subordinate ids for those who may not. */
#ifndef ID_MAP_PROGRAM_H
#define ID_MAP_PROGRAM_H

#include <stdint.h>
#include <sys/types.h>

/* Runs `program`, found in $PATH: 0 inside is `own`, 1 and up are `count` ids from `first`. 0, or EXIT_CANNOT_CONTAIN after a
 * message with the program's own words. */
int run_id_map_program(const char *program, pid_t process, uint64_t own, uint64_t first, uint64_t count);

#endif
