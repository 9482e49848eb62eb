/* A ustar header (POSIX.1-2017, pax, "ustar Interchange Format"). */
#ifndef TAR_HEADER_H
#define TAR_HEADER_H

#include <stdint.h>

enum { TAR_BLOCK = 512 };

/* A regular file called by its ordinal: mode 0644, owner 0, time 0. */
void tar_header_fill(char header[TAR_BLOCK], uint64_t ordinal, uint64_t size);

#endif
