/*
 * Makes every system call that the agent watches for its paths, by number, each with paths of its own, and prints one line
 * "<name>\t<access>\t<path>" per path (the access is what the trace must say), or "<name>\t-\t<result>" for a call without one.
 *
 * Freestanding and without libc, so that `gcc -m32` alone can build it for i386. The argument positions are written from the manual
 * pages, not taken from the agent's table: a wrong row there shows here.
 */
#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>

#if defined __x86_64__
#define START "xor %ebp,%ebp; and $-16,%rsp; call run"
#elif defined __i386__
#define START "xor %ebp,%ebp; and $-16,%esp; call run"
#endif
__asm__(".globl _start\n_start: " START "\n");

static long raw(long number, const long *a) {
	long result;
#if defined __x86_64__
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
#elif defined __i386__
	/* The sixth argument travels in ebp, which the compiler may be using. */
	__asm__ volatile("push %%ebp; push %%ebx; mov (%%esi),%%ebx; mov 4(%%esi),%%ecx; mov 8(%%esi),%%edx; mov 16(%%esi),%%edi;"
	                 "mov 20(%%esi),%%ebp; mov 12(%%esi),%%esi; int $0x80; pop %%ebx; pop %%ebp"
	                 : "=a"(result), "+S"(a) : "a"(number) : "ecx", "edx", "edi", "memory");
#endif
	return result;
}

static void print(const char *text) {
	size_t length = 0;
	while (text[length]) length++;
	raw(__NR_write, (const long[6]){1, (long)text, (long)length});
}

static const char *current;
static char paths[4][128];
static int path_count;

/* A path nobody else names, which doesn't exist; prints what must be recorded for it. */
static long path(const char *access) {
	char *at = paths[path_count];
	const char *parts[] = {"/probe/", current, "/"};
	for (int i = 0; i < 3; i++)
		for (const char *from = parts[i]; *from;) *at++ = *from++;
	*at++ = (char)('0' + path_count);
	*at = '\0';
	print(current);
	print("\t");
	print(access);
	print("\t");
	print(paths[path_count]);
	print("\n");
	return (long)paths[path_count++];
}

struct unix_address {
	uint16_t family;
	char path[108];
};
static struct unix_address address;

static long unix_path(const char *access) {
	const char *from = (const char *)path(access);
	address.family = 1;
	for (int i = 0; i < 108; i++) address.path[i] = 0;
	for (int i = 0; from[i]; i++) address.path[i] = from[i];
	return (long)&address;
}

static void begin(const char *name) {
	current = name;
	path_count = 0;
}

#define CALL(name, ...) \
	do { \
		begin(#name); \
		long arguments[6] = {__VA_ARGS__}; \
		raw(__NR_##name, arguments); \
	} while (0)
#define PLAIN(name, ...) \
	do { \
		long arguments[6] = {__VA_ARGS__}; \
		long got = raw(__NR_##name, arguments); \
		print(#name "\t-\t"); \
		print(got == -38 ? "ENOSYS\n" : got < 0 ? "refused\n" : "done\n"); \
	} while (0)

/* Younger than the kernel headers of the systems this is built on; the same on every architecture. */
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_setxattrat
#define __NR_setxattrat 463
#define __NR_getxattrat 464
#define __NR_listxattrat 465
#define __NR_removexattrat 466
#endif
#ifndef __NR_open_tree_attr
#define __NR_open_tree_attr 467
#endif
#ifndef __NR_file_getattr
#define __NR_file_getattr 468
#define __NR_file_setattr 469
#endif

enum { AT = -100, CREATE = 0100, WRITE = 1, DIRECTORY = 0200000, REMOVEDIR = 0x200 };
static char room[256];
#define ROOM (long)room

static void open_family(void) {
	static const uint64_t how_read[3], how_create[3] = {CREATE, 0600, 0};
	CALL(open, path("read"), 0);
	CALL(open, path("write"), WRITE); /* the access varies, the path of a call stays: both are recorded */
	CALL(openat, AT, path("create"), CREATE | WRITE, 0600);
	CALL(openat, AT, path("opendir"), DIRECTORY);
	CALL(openat2, AT, path("read"), (long)how_read, sizeof how_read);
	CALL(openat2, AT, path("create"), (long)how_create, sizeof how_create);
	CALL(creat, path("create"), 0600);
	CALL(open_tree, AT, path("other"), 0);
	CALL(open_tree_attr, AT, path("other"), 0, 0, 0);
}

/* Lists a directory that is there, through a descriptor; a path of each call's own, since a trace has each only once. */
#define LIST(name, directory) \
	do { \
		begin("openat"); \
		print("openat\topendir\t" directory "\n"); \
		long opened = raw(__NR_openat, (const long[6]){AT, (long)directory, DIRECTORY}); \
		print(#name "\tlist\t" directory "\n"); \
		raw(__NR_##name, (const long[6]){opened, ROOM, sizeof room}); \
	} while (0)

static void list_family(void) {
	LIST(getdents, "/");
	LIST(getdents64, "/etc");
#ifdef __i386__
	LIST(readdir, "/usr");
#endif
}

static void look_family(void) {
	CALL(stat, path("stat"), ROOM);
	CALL(lstat, path("stat"), ROOM);
#ifdef __i386__
	CALL(oldstat, path("stat"), ROOM);
	CALL(oldlstat, path("stat"), ROOM);
	CALL(stat64, path("stat"), ROOM);
	CALL(lstat64, path("stat"), ROOM);
	CALL(fstatat64, AT, path("stat"), ROOM, 0);
	CALL(statfs64, path("statfs"), 84, ROOM);
#else
	CALL(newfstatat, AT, path("stat"), ROOM, 0);
#endif
	CALL(statx, AT, path("stat"), 0, 0x7ff, ROOM);
	CALL(file_getattr, AT, path("stat"), ROOM, 24, 0);
	CALL(file_setattr, AT, path("mode"), ROOM, 24, 0);
	CALL(access, path("access"), 0);
	CALL(faccessat, AT, path("access"), 0);
	CALL(faccessat2, AT, path("access"), 0, 0);
	CALL(readlink, path("readlink"), ROOM, sizeof room);
	CALL(readlinkat, AT, path("readlink"), ROOM, sizeof room);
	CALL(statfs, path("statfs"), ROOM);
	CALL(name_to_handle_at, AT, path("handle"), ROOM, ROOM, 0);
	CALL(inotify_add_watch, -1, path("watch"), 1);
#ifdef __i386__
	CALL(fanotify_mark, -1, 1, 1, 0, AT, path("watch")); /* the mask is 64 bits wide */
#else
	CALL(fanotify_mark, -1, 1, 1, AT, path("watch"));
#endif
	CALL(quotactl, 0x800002 << 8, path("other"), 0, ROOM);
}

static void attribute_family(void) {
	static const uint64_t times[4];
	CALL(getxattr, path("xattr"), (long)"user.a", ROOM, 8);
	CALL(lgetxattr, path("xattr"), (long)"user.a", ROOM, 8);
	CALL(getxattrat, AT, path("xattr"), 0, (long)"user.a", ROOM, 16);
	CALL(listxattr, path("xattr"), ROOM, 8);
	CALL(llistxattr, path("xattr"), ROOM, 8);
	CALL(listxattrat, AT, path("xattr"), 0, ROOM, 8);
	CALL(setxattr, path("xattr"), (long)"user.a", ROOM, 1, 0);
	CALL(lsetxattr, path("xattr"), (long)"user.a", ROOM, 1, 0);
	CALL(setxattrat, AT, path("xattr"), 0, (long)"user.a", ROOM, 16);
	CALL(removexattr, path("xattr"), (long)"user.a");
	CALL(lremovexattr, path("xattr"), (long)"user.a");
	CALL(removexattrat, AT, path("xattr"), 0, (long)"user.a");
	CALL(utime, path("time"), 0);
	CALL(utimes, path("time"), 0);
	CALL(futimesat, AT, path("time"), 0);
	CALL(utimensat, AT, path("time"), (long)times, 0);
	CALL(chmod, path("mode"), 0600);
	CALL(fchmodat, AT, path("mode"), 0600);
	CALL(fchmodat2, AT, path("mode"), 0600, 0);
	CALL(chown, path("owner"), 1, 1);
	CALL(lchown, path("owner"), 1, 1);
	CALL(fchownat, AT, path("owner"), 1, 1, 0);
	CALL(truncate, path("truncate"), 0);
#ifdef __i386__
	CALL(utimensat_time64, AT, path("time"), (long)times, 0);
	CALL(chown32, path("owner"), 1, 1);
	CALL(lchown32, path("owner"), 1, 1);
	CALL(truncate64, path("truncate"), 0, 0);
#endif
}

static void name_family(void) {
	CALL(mkdir, path("mkdir"), 0700);
	CALL(mkdirat, AT, path("mkdir"), 0700);
	CALL(mknod, path("mknod"), 0010600, 0);
	CALL(mknodat, AT, path("mknod"), 0010600, 0);
	CALL(rmdir, path("rmdir"));
	CALL(unlink, path("unlink"));
	CALL(unlinkat, AT, path("unlink"), 0);
	CALL(unlinkat, AT, path("rmdir"), REMOVEDIR);
	CALL(rename, path("rename"), path("rename"));
	CALL(renameat, AT, path("rename"), AT, path("rename"));
	CALL(renameat2, AT, path("rename"), AT, path("rename"), 0);
	CALL(link, path("link"), path("link"));
	CALL(linkat, AT, path("link"), AT, path("link"), 0);
	CALL(symlink, (long)"content", path("symlink"));
	CALL(symlinkat, (long)"content", AT, path("symlink"));
	CALL(connect, -1, unix_path("connect"), sizeof address);
	CALL(bind, -1, unix_path("bind"), sizeof address);
#ifdef __i386__
	static long bind_arguments[3], connect_arguments[3];
	begin("socketcall");
	bind_arguments[1] = unix_path("bind");
	bind_arguments[2] = sizeof address;
	raw(__NR_socketcall, (const long[6]){2, (long)bind_arguments});
	connect_arguments[1] = unix_path("connect");
	connect_arguments[2] = sizeof address;
	raw(__NR_socketcall, (const long[6]){3, (long)connect_arguments});
#endif
}

static void system_family(void) {
	static const long nothing[1];
	CALL(execve, path("exec"), (long)nothing, (long)nothing);
	CALL(execveat, AT, path("exec"), (long)nothing, (long)nothing, 0);
	CALL(uselib, path("other"));
	CALL(chdir, path("chdir"));
	CALL(mount, path("mount"), path("mount"), (long)"none", 0, 0);
	CALL(umount2, path("mount"), 0);
#ifdef __i386__
	CALL(umount, path("mount"));
#endif
	CALL(pivot_root, path("mount"), path("mount"));
	CALL(move_mount, AT, path("mount"), AT, path("mount"), 0);
	CALL(mount_setattr, AT, path("mount"), 0, ROOM, 32);
	CALL(fspick, AT, path("mount"), 0);
	CALL(swapon, path("other"), 0);
	CALL(swapoff, path("other"));
	CALL(acct, path("other"));
	CALL(chroot, path("chroot"));
	PLAIN(setns, -1, 0);
	PLAIN(unshare, 0);
	PLAIN(pidfd_send_signal, -1, 0, 0, 0);
	PLAIN(io_uring_setup, 1, ROOM);
}

__attribute__((used)) static void run(void) {
	open_family();
	list_family();
	look_family();
	attribute_family();
	name_family();
	system_family();
	raw(__NR_exit_group, (const long[6]){0});
}
