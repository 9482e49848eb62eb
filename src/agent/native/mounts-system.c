#include "mounts-system.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "dev.h"
#include "in-root.h"
#include "message.h"
#include "mounts.h"

enum {
	BARE = MS_NOSUID | MS_NODEV | MS_NOEXEC,
	CGROUP2_MAGIC = 0x63677270,
};

/* Docker's ReadonlyPaths and MaskedPaths (moby, oci/defaults.go), relative to /proc and /sys. */
static const char *const read_only[] = {"bus", "fs", "irq", "sys", "sysrq-trigger", NULL};
static const char *const masked[] = {"asound", "acpi", "kcore", "keys", "latency_stats", "timer_list", "timer_stats", "sched_debug", "scsi", NULL};
static const char *const masked_in_sys[] = {"firmware", "devices/virtual/powercap", NULL};

static int cannot_mount(const char *path, const char *name) {
	return fail(EXIT_CANNOT_CONTAIN, "cannot mount ", path, name ? "/" : "", name ? name : "", ": ", strerror(errno), NULL);
}

static int open_beneath(int directory, const char *name) {
	return openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* Nobody in the container may write here: with the identity map its root is the owner of the kernel's own switches. */
static int make_read_only(int proc, const char *name) {
	int place = open_beneath(proc, name);
	if (place < 0) return errno == ENOENT ? 0 : -1;
	int result = bind_over(place, place, true);
	close(place);
	place = open_beneath(proc, name);
	if (result == 0) result = restrict_mount(place, MS_RDONLY | BARE, false);
	close(place);
	return result;
}

static int mask(int directory, const char *name, int null) {
	struct stat found;
	int place = open_beneath(directory, name);
	if (place < 0) return errno == ENOENT ? 0 : -1;
	int result = fstat(place, &found);
	if (result == 0 && S_ISDIR(found.st_mode)) result = mount_over(place, "tmpfs", "tmpfs", MS_RDONLY | BARE, "mode=755,size=4k");
	else if (result == 0) result = bind_over(place, null, false);
	close(place);
	return result == 0 && !S_ISDIR(found.st_mode) ? protect_node(directory, name) : result;
}

static int mask_all(int directory, const char *path, const char *const *names) {
	int null = open("/dev/null", O_PATH | O_CLOEXEC);
	if (null < 0) return cannot_mount("/dev/null", NULL);
	for (; *names; names++)
		if (mask(directory, *names, null) < 0) return cannot_mount(path, *names);
	close(null);
	return 0;
}

static void set(int proc, const char *name, const char *value) {
	int fd = openat(proc, name, O_WRONLY | O_CLOEXEC);
	if (fd < 0) return;
	/* Refused where a user namespace doesn't map the range; Docker goes without, too. */
	ssize_t written = write(fd, value, strlen(value));
	(void)written;
	close(fd);
}

/* What Docker sets in a network namespace of a container since 20.10: ports below 1024 and ping are for every user. */
static void open_network_to_all(int proc) {
	set(proc, "sys/net/ipv4/ip_unprivileged_port_start", "0");
	set(proc, "sys/net/ipv4/ping_group_range", "0 2147483647");
	/* As in Docker's default network: programs that try ::1 first, and nothing after it, would find nobody there. */
	set(proc, "sys/net/ipv6/conf/all/disable_ipv6", "1");
	set(proc, "sys/net/ipv6/conf/default/disable_ipv6", "1");
}

static int mount_proc(int root, bool has_own_network) {
	int place = open_in_root(root, "/proc", MISSING_BECOMES_DIRECTORY);
	if (place < 0) return cannot_mount("/proc", NULL);
	if (mount_over(place, "proc", "proc", BARE, NULL) < 0) {
		/* mount_too_revealing (fs/namespace.c): who sees only parts of /proc may not have a whole one in a user namespace. */
		const char *hint = errno == EPERM ? " (a container around this one hides parts of it)" : "";
		return fail(EXIT_CANNOT_CONTAIN, "cannot mount /proc: ", strerror(errno), hint, NULL);
	}
	int proc = open_in_root(root, "/proc", MISSING_FAILS);
	if (proc < 0) return cannot_mount("/proc", NULL);
	close(place);
	if (has_own_network) open_network_to_all(proc);
	for (const char *const *name = read_only; *name; name++)
		if (make_read_only(proc, *name) < 0) return cannot_mount("/proc", *name);
	int code = mask_all(proc, "/proc", masked);
	close(proc);
	return code;
}

/* The container's own branch of the control groups, where the machine has one tree of them. */
static void mount_cgroups(int sys) {
	struct statfs host;
	if (statfs("/sys/fs/cgroup", &host) < 0 || host.f_type != CGROUP2_MAGIC) return;
	int place = open_beneath(sys, "fs/cgroup");
	if (place < 0) return;
	/* Refused by a kernel or a container around us; programs then find no limits, as on a machine without any. */
	int result = mount_over(place, "cgroup2", "cgroup2", MS_RDONLY | BARE, NULL);
	(void)result;
	close(place);
}

/* The host's /sys, where the kernel gives us none of our own (it belongs to the network namespace). */
static int bind_host_sys(int root, int place) {
	int host = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (host < 0 || bind_over(place, host, true) < 0) return -1;
	close(host);
	int sys = open_in_root(root, "/sys", MISSING_FAILS);
	if (sys < 0) return -1;
	if (restrict_mount(sys, MS_RDONLY | BARE, true) == 0) return sys;
	unmount(sys);
	close(sys);
	return -1;
}

static int mount_sys(int root) {
	int place = open_in_root(root, "/sys", MISSING_BECOMES_DIRECTORY);
	if (place < 0) return cannot_mount("/sys", NULL);
	int sys = -1;
	if (mount_over(place, "sysfs", "sysfs", MS_RDONLY | BARE, NULL) == 0) {
		sys = open_in_root(root, "/sys", MISSING_FAILS);
		mount_cgroups(sys);
	} else {
		sys = bind_host_sys(root, place);
	}
	if (sys < 0 && mount_over(place, "tmpfs", "tmpfs", MS_RDONLY | BARE, "mode=555,size=4k") < 0) return cannot_mount("/sys", NULL);
	close(place);
	int code = sys < 0 ? 0 : mask_all(sys, "/sys", masked_in_sys);
	if (sys >= 0) close(sys);
	return code;
}

int mount_system(int root, bool has_own_network) {
	int code = mount_proc(root, has_own_network);
	return code ? code : mount_sys(root);
}
