/* 64 processes at once, each with paths of its own. */
#define _GNU_SOURCE
#include "expect.h"
#include <fcntl.h>
#include <sys/wait.h>

enum { PROCESSES = 64, EACH = 50 };

int main(int argc, char **argv) {
	int gate[2];
	char path[512];
	must(argc == 2 && pipe(gate) == 0);
	for (int process = 0; process < PROCESSES; process++) {
		pid_t child = fork();
		must(child >= 0);
		if (child > 0) continue;
		close(gate[1]);
		must(read(gate[0], path, 1) == 0); /* until all are there */
		for (int i = 0; i < EACH; i++) {
			sprintf(path, "%s/process-%d-%d", argv[1], process, i);
			close(open(path, O_CREAT | O_WRONLY, 0600));
		}
		_exit(0);
	}
	close(gate[0]);
	close(gate[1]);
	for (int process = 0; process < PROCESSES; process++) {
		int status;
		must(wait(&status) > 0 && status == 0);
	}
	for (int process = 0; process < PROCESSES; process++)
		for (int i = 0; i < EACH; i++) {
			sprintf(path, "%s/process-%d-%d", argv[1], process, i);
			expect_touched("create", path);
		}
	return 0;
}
