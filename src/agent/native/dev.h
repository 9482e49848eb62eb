/* A container's /dev: a handful of devices that are safe for everybody. */
#ifndef DEV_H
#define DEV_H

/* Mounts it in the tree `root`, with what Docker has there. 0, or EXIT_CANNOT_CONTAIN after a message. */
int mount_dev(int root);

/* Takes away the right to change a bound device node, though not to write to the device: its mode and owner are the host's. 0, or -1
 * with errno. */
int protect_node(int directory, const char *name);

#endif
