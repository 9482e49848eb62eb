/* Relative names: below the working directory, with dots, and through descriptors of directories. */
#define _GNU_SOURCE
#include "expect.h"
#include <fcntl.h>
#include <sys/stat.h>

int main(int argc, char **argv) {
	struct stat status;
	must(argc == 2 && chdir(argv[1]) == 0 && mkdir("inner", 0700) == 0 && mkdir("inner/deep", 0700) == 0);
	must(close(open("inner/file", O_CREAT | O_WRONLY, 0600)) == 0);
	expect_touched("chdir", argv[1]);
	expect_touched("mkdir", below(argv[1], "inner"));
	expect_touched("create", below(argv[1], "inner/file"));

	stat("missing", &status);
	expect_touched("stat", below(argv[1], "missing"));
	stat("inner/../inner/./file", &status);
	expect_touched("stat", below(argv[1], "inner/../inner/./file"));
	expect_resolved("stat", below(argv[1], "inner/file"), below(argv[1], "inner/../inner/./file"));

	int directory = open("inner", O_RDONLY | O_DIRECTORY);
	must(directory >= 0);
	expect_touched("opendir", below(argv[1], "inner"));
	faccessat(directory, "file", R_OK, 0);
	expect_touched("access", below(argv[1], "inner/file"));
	must(fchdir(directory) == 0);
	access("below-fchdir", R_OK);
	expect_touched("access", below(argv[1], "inner/below-fchdir"));
	int path_only = openat(directory, "deep", O_PATH | O_DIRECTORY);
	must(path_only >= 0);
	faccessat(path_only, "../file", R_OK, 0);
	expect_touched("access", below(argv[1], "inner/deep/../file"));
	expect_resolved("access", below(argv[1], "inner/file"), below(argv[1], "inner/deep/../file"));
	/* An absolute name makes the descriptor irrelevant, whatever it is. */
	faccessat(-7, "/absolute/with/bad/descriptor", R_OK, 0);
	expect_touched("access", "/absolute/with/bad/descriptor");
	faccessat(-7, "nowhere", R_OK, 0);
	/* A descriptor of a file names something, but no file below it can exist. */
	struct stat empty;
	must(fstatat(directory, "", &empty, AT_EMPTY_PATH) == 0);
	expect_never(below(argv[1], "inner/"));
	return 0;
}
