#include "parties.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel-abi.h"
#include "text.h"

/* The kernel's structure may be longer than ours one day (seccomp(2), SECCOMP_GET_NOTIF_SIZES). */
static size_t notification_size(void) {
	struct seccomp_sizes sizes;
	size_t size = sizeof(struct seccomp_notification);
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 && sizes.notification > size) size = sizes.notification;
	return size;
}

int parties_open(struct parties *parties) {
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, parties->to_supervisor) < 0) return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, parties->to_guard) < 0) return -1;
	if (pipe2(parties->alive, O_CLOEXEC) < 0) return -1;
	parties->call_size = notification_size();
	parties->call = mmap(NULL, parties->call_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return parties->call == MAP_FAILED ? -1 : 0;
}

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int party_send(int socket, pid_t pid, int descriptor) {
	struct iovec part = {&pid, sizeof pid};
	union control control;
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	if (descriptor >= 0) {
		memset(&control, 0, sizeof control);
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof descriptor);
		memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
	}
	ssize_t sent;
	do sent = syscall(SYS_sendmsg, socket, &message, MSG_NOSIGNAL, 0, PARTY_MARK_1, PARTY_MARK_2);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -1 : 0;
}

int party_receive(int socket, pid_t *pid, int *descriptor) {
	struct iovec part = {pid, sizeof *pid};
	union control control;
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
	ssize_t got;
	do got = syscall(SYS_recvmsg, socket, &message, MSG_CMSG_CLOEXEC, 0, PARTY_MARK_1, PARTY_MARK_2);
	while (got < 0 && errno == EINTR);
	if (got == 0) errno = ECONNRESET;
	if (got != sizeof *pid) return -1;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (!descriptor) return 0;
	if (!header || header->cmsg_type != SCM_RIGHTS) {
		errno = EPROTO;
		return -1;
	}
	memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
	return 0;
}

static bool is_kept(int fd, const int *kept, int kept_count) {
	for (int i = 0; i < kept_count; i++)
		if (kept[i] == fd) return true;
	return false;
}

/* close_range(2) is from Linux 5.9; /proc/self/fd does the same before it. */
static void close_listed(const int *kept, int kept_count) {
	DIR *listing = opendir("/proc/self/fd");
	if (!listing) return;
	for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
		uint64_t fd;
		if (parse_unsigned(entry->d_name, strlen(entry->d_name), 1 << 30, &fd) && (int)fd > 2 && (int)fd != dirfd(listing) &&
		    !is_kept((int)fd, kept, kept_count))
			close((int)fd);
	}
	closedir(listing);
}

static int ascending(const void *a, const void *b) {
	return *(const int *)a - *(const int *)b;
}

void close_all_but(const int *kept, int kept_count) {
	int sorted[8];
	unsigned next = 3;
	memcpy(sorted, kept, (size_t)kept_count * sizeof *kept);
	qsort(sorted, (size_t)kept_count, sizeof *sorted, ascending);
	for (int i = 0; i < kept_count; i++) {
		if (sorted[i] < 3) continue;
		if ((unsigned)sorted[i] > next && syscall(NR_CLOSE_RANGE, next, (unsigned)sorted[i] - 1, 0) < 0) {
			close_listed(kept, kept_count);
			return;
		}
		next = (unsigned)sorted[i] + 1;
	}
	if (syscall(NR_CLOSE_RANGE, next, ~0u, 0) < 0) close_listed(kept, kept_count);
}

void become_hidden(const char *name, const int *kept, int kept_count) {
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	prctl(PR_SET_NAME, name);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd <= 2; fd++) {
		if (is_kept(fd, kept, kept_count)) continue;
		/* Without a /dev/null (an unusual image) they stay closed: nothing here reads or writes them. */
		if (null >= 0) dup2(null, fd);
		else close(fd);
	}
	close_all_but(kept, kept_count);
	/* Failing leaves the directory in use, which only an unmount would notice. */
	if (chdir("/") < 0) return;
}
