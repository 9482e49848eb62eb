/* Mounts by descriptor (mount(2), mount_setattr(2)). Everything needs /proc, and answers 0, or -1 with errno. */
#ifndef MOUNTS_H
#define MOUNTS_H

#include <stdbool.h>

/* Mounts a new file system over `target`; `name` is what lists of mounts have for its source. */
int mount_over(int target, const char *name, const char *type, unsigned long flags, const char *options);

/* Mounts what `source` is, file or directory, over `target`; with `is_deep` what is mounted beneath it as well. */
int bind_over(int target, int source, bool is_deep);

/* Adds MS_RDONLY, MS_NODEV and so on to the mount whose root `mount` is; with `is_deep` to all beneath it, which needs Linux 5.12. */
int restrict_mount(int mount, unsigned long flags, bool is_deep);

/* Undoes the last mount at its root `mount`. */
int unmount(int mount);

#endif
