#include "dev.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "in-root.h"
#include "message.h"
#include "mounts.h"
#include "text.h"

static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};

static const struct {
	const char *name, *target;
} links[] = {
	{"ptmx", "pts/ptmx"},
	{"fd", "/proc/self/fd"},
	{"stdin", "/proc/self/fd/0"},
	{"stdout", "/proc/self/fd/1"},
	{"stderr", "/proc/self/fd/2"},
};

static int cannot(const char *name) {
	return fail(EXIT_CANNOT_CONTAIN, "cannot make /dev/", name, ": ", strerror(errno), NULL);
}

int protect_node(int directory, const char *name) {
	int node = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (node < 0) return -1;
	int result = restrict_mount(node, MS_RDONLY | MS_NOSUID | MS_NOEXEC, false);
	int error = errno;
	close(node);
	errno = error;
	return result;
}

/* The host's node, bound: a user namespace may make none, and ours would open nothing in a tree without devices. */
static int bind_device(int dev, const char *name) {
	char path[32];
	struct text text = TEXT_IN(path);
	text_append(&text, "/dev/");
	text_append(&text, name);
	int source = open(text_string(&text), O_PATH | O_CLOEXEC);
	int place = openat(dev, name, O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0666);
	int result = source < 0 || place < 0 ? -1 : bind_over(place, source, false);
	int error = errno;
	if (source >= 0) close(source);
	if (place >= 0) close(place);
	errno = error;
	return result < 0 ? -1 : protect_node(dev, name);
}

/* On a directory of that name; the source is called so, too, where Docker does. */
static int mount_in(int dev, const char *name, const char *type, unsigned long flags, const char *options) {
	if (mkdirat(dev, name, 0755) < 0 && errno != EEXIST) return -1;
	int place = openat(dev, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (place < 0) return -1;
	int result = mount_over(place, strcmp(type, "tmpfs") == 0 ? name : type, type, flags, options);
	int error = errno;
	close(place);
	errno = error;
	return result;
}

static int mount_terminals(int dev) {
	unsigned long flags = MS_NOSUID | MS_NOEXEC;
	if (mount_in(dev, "pts", "devpts", flags, "newinstance,ptmxmode=0666,mode=0620,gid=5") == 0) return 0;
	/* The group tty is not mapped where there is only one. */
	return mount_in(dev, "pts", "devpts", flags, "newinstance,ptmxmode=0666,mode=0620");
}

static int make_links(int dev) {
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (symlinkat(links[i].target, dev, links[i].name) < 0) return cannot(links[i].name);
	/* As runc: only where the kernel has it. */
	if (access("/proc/kcore", F_OK) == 0 && symlinkat("/proc/kcore", dev, "core") < 0) return cannot("core");
	return 0;
}

static int fill(int dev) {
	unsigned long bare = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
		if (bind_device(dev, devices[i]) < 0) return cannot(devices[i]);
	if (mount_terminals(dev) < 0) return cannot("pts");
	if (mount_in(dev, "shm", "tmpfs", bare, "mode=1777,size=65536k") < 0) return cannot("shm");
	if (mount_in(dev, "mqueue", "mqueue", bare, NULL) < 0) return cannot("mqueue");
	return make_links(dev);
}

int mount_dev(int root) {
	int place = open_in_root(root, "/dev", MISSING_BECOMES_DIRECTORY);
	/* nodev: nobody keeps the container from making nodes here, as a device control group would. Those bound have mounts of their own. */
	if (place < 0 || mount_over(place, "tmpfs", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=65536k") < 0) return cannot("");
	close(place);
	int dev = open_in_root(root, "/dev", MISSING_FAILS);
	if (dev < 0) return cannot("");
	int code = fill(dev);
	close(dev);
	return code;
}
