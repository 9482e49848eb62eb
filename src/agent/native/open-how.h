/* openat2(2) for walks that stay within bounds. */
#ifndef OPEN_HOW_H
#define OPEN_HOW_H

#include "kernel-abi.h"

/* Asked again as long as the answer is EAGAIN: a walk through ".." that is held within bounds gives up when anything anywhere is
 * renamed or mounted meanwhile. Returns a descriptor, or -1 with errno. */
int open_how(int directory, const char *path, const struct open_how_abi *how);

#endif
