/* System calls a container's programs don't get. */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>

/* Puts the calling process and all that come from it under the list of confine.def; takes CAP_SYS_ADMIN in its user namespace. 0, or
 * -1 with errno. */
int confine(bool is_admin);

#endif
