/*
 * Asks for what a container's program is refused and prints the answers: one line each, the call and the errno's number (0: it was
 * granted). Needs nothing but the kernel's numbers, so that it can be built for i386, too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif

static void show(const char *name, long result) {
	printf("%s %d\n", name, result < 0 ? errno : 0);
}

int main(void) {
	static char zeros[256];
	setbuf(stdout, NULL);
	show("keyctl", syscall(SYS_keyctl, 0, -3, 0));
	show("add_key", syscall(SYS_add_key, "user", "slimtrace", "x", 1, -3));
	show("bpf", syscall(SYS_bpf, 0, zeros, sizeof zeros));
	show("perf_event_open", syscall(SYS_perf_event_open, zeros, 0, -1, -1, 0));
	show("userfaultfd", syscall(SYS_userfaultfd, 1));
	show("io_uring_setup", syscall(SYS_io_uring_setup, 1, zeros));
	show("open_by_handle_at", syscall(SYS_open_by_handle_at, -100, zeros, 0));
	show("syslog", syscall(SYS_syslog, 10, 0, 0));
	show("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0));
	show("settimeofday", syscall(SYS_settimeofday, NULL, NULL));
	show("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL));
	show("open_tree", syscall(SYS_open_tree, -100, "/", 1));
	show("setns", syscall(SYS_setns, -1, 0));
	show("unshare-user", unshare(CLONE_NEWUSER));
	show("unshare-files", unshare(CLONE_FILES));
	show("clone3", syscall(SYS_clone3, zeros, 64));
	long child = syscall(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0);
	if (child == 0) _exit(0);
	show("clone-user", child);
	child = syscall(SYS_clone, 17, 0, 0, 0, 0);
	if (child == 0) _exit(0);
	show("clone", child);
	show("socket-vsock", syscall(SYS_socket, 40, SOCK_STREAM, 0));
	show("socket", syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
	return 0;
}
