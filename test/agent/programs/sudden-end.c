/* Ends by SIGKILL right after the calls: what they named is in the trace all the same. */
#define _GNU_SOURCE
#include "expect.h"
#include <signal.h>

int main(int argc, char **argv) {
	must(argc == 2);
	expect_touched("access", below(argv[1], "last-words"));
	access(below(argv[1], "last-words"), R_OK);
	kill(getpid(), SIGKILL); /* which PID 1 of a namespace ignores: then its parent does it */
	for (;;) pause();
}
