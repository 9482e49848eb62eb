/* A tree as the image has it: what is mounted over it (volumes, /proc, the engine's /etc/hosts) taken away. */
#ifndef ROOT_VIEW_H
#define ROOT_VIEW_H

#include <stdbool.h>
#include <sys/types.h>

struct root_view {
	int directory;   /* O_PATH descriptor of its root */
	bool is_cloned;  /* false: mounts are still in the way; whoever walks stays off other devices */
	dev_t device;
};

/* 0, or EXIT_IO after a message. */
int root_view_open(const char *path, struct root_view *view);

#endif
