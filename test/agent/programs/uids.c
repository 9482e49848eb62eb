/* Prints real and effective uid, and waits as long as standard input stays open where it is told `wait`. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
	printf("%d %d\n", (int)getuid(), (int)geteuid());
	fflush(stdout);
	if (argc > 1 && strcmp(argv[1], "wait") == 0) pause();
	return 0;
}
