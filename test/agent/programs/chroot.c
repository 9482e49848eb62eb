/* Another root directory, in a child and through absolute links inside it; the parent keeps the old one. */
#define _GNU_SOURCE
#include "expect.h"
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void inside(const char *root) {
	must(chroot(root) == 0 && chdir("/sub") == 0);
	access("/in-root", R_OK);
	expect_touched("access", below(root, "in-root"));
	access("relative", R_OK);
	expect_touched("access", below(root, "sub/relative"));
	must(access("/link", R_OK) == 0);
	expect_touched("access", below(root, "link"));
	expect_resolved("access", below(root, "sub/target"), below(root, "link"));
	/* openat2 with a directory for its root (RESOLVE_IN_ROOT): absolute names and links start there. */
	unsigned long long how[3] = {O_RDONLY, 0, 0x10};
	int sub = open("/sub", O_RDONLY | O_DIRECTORY);
	must(sub >= 0 && symlink("/target", "/sub/inner-link") == 0);
	must(syscall(437, sub, "/target", how, sizeof how) >= 0);
	expect_touched("read", below(root, "sub/target"));
	must(syscall(437, sub, "/inner-link", how, sizeof how) >= 0);
	expect_touched("read", below(root, "sub/inner-link"));
	expect_resolved("read", below(root, "sub/target"), below(root, "sub/inner-link"));
	access("/../../escape", R_OK);
	expect_touched("access", below(root, "../../escape"));
	expect_never("/in-root");
	_exit(0);
}

int main(int argc, char **argv) {
	must(argc == 2 && mkdir(below(argv[1], "sub"), 0700) == 0);
	must(close(open(below(argv[1], "sub/target"), O_CREAT | O_WRONLY, 0600)) == 0);
	must(symlink("/sub/target", below(argv[1], "link")) == 0);
	int status;
	pid_t child = fork();
	if (child == 0) inside(argv[1]);
	must(waitpid(child, &status, 0) == child && status == 0);
	expect_touched("chroot", argv[1]);
	access("/outside-again", R_OK);
	expect_touched("access", "/outside-again");
	return 0;
}
