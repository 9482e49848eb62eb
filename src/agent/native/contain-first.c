#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contain.h"
#include "dev.h"
#include "message.h"
#include "mounts-system.h"
#include "parties.h"
#include "report.h"

static int cannot(const char *what) {
	return fail(EXIT_CANNOT_CONTAIN, what, ": ", strerror(errno), NULL);
}

static int raise_loopback(void) {
	struct ifreq loopback = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &loopback) < 0) return cannot("network");
	loopback.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &loopback) < 0) return cannot("network");
	close(fd);
	return 0;
}

static int make_tree(const struct container *container) {
	int root = mount_root(&container->root, container->map.kind != ID_MAP_NONE);
	if (root < 0) return EXIT_CANNOT_CONTAIN;
	int code = mount_system(root, container->has_own_network);
	if (code == 0) code = mount_dev(root);
	if (code == 0) code = mount_places(root, container->places, container->place_count);
	if (code == 0 && container->is_read_only) code = protect_root(root);
	if (code == 0) code = enter_root(root);
	close(root);
	return code;
}

/* The container's own /dev/null, so that it can be opened again by its name. */
static int use_streams(const struct container *container) {
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0) return cannot("/dev/null");
	outlet_use(&container->out);
	outlet_use(&container->error);
	return 0;
}

static int prepare(struct container *container, int report) {
	int code = 0;
	/* Fails for nobody: the first process of a namespace leads no group. */
	setsid();
	umask(0);
	if (container->hostname && sethostname(container->hostname, strlen(container->hostname)) < 0) code = cannot("hostname");
	if (code == 0 && container->has_own_network) code = raise_loopback();
	if (code == 0) code = make_tree(container);
	if (code == 0) code = use_streams(container);
	/* Before anything of the image is looked at: a name like /proc/self/fd/7 must not lead out (CVE-2024-21626). */
	close_all_but(&report, 1);
	return code ? code : process_prepare(&container->process);
}

_Noreturn void first_run(struct container *container, int report) {
	static char words[4096];
	struct text message = TEXT_IN(words);
	message_keep_in(&message);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	int code = prepare(container, report);
	if (code == 0 && report_ready(report) == 0) code = process_execute(&container->process);
	report_failure(report, code, &message);
	_exit(1);
}
