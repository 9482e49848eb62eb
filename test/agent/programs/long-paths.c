/* Paths as long as the kernel takes them and longer, across page borders, with bytes of every kind, and in a directory that is gone. */
#define _GNU_SOURCE
#include "expect.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* "/long/xxx.../xxx" of exactly `length` bytes. */
static char *path_of(size_t length) {
	char *path = malloc(length + 1);
	memset(path, 'x', length);
	for (size_t i = 0; i < length; i += 200) path[i] = '/';
	if (length > 1 && path[length - 1] == '/') path[length - 1] = 'y';
	path[length] = '\0';
	return path;
}

/* A copy that ends with the page before one that isn't mapped; `before_border` bytes of it lie on the page before that. */
static char *at_border(const char *path, size_t before_border) {
	size_t size = strlen(path) + 1, page = 4096, span = (size / page + 3) * page;
	char *area = mmap(NULL, span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(area != MAP_FAILED);
	if (before_border == 0) {
		must(munmap(area + span - page, page) == 0);
		return memcpy(area + span - page - size, path, size);
	}
	return memcpy(area + page - before_border, path, size);
}

static void deleted_directory(const char *directory) {
	char *gone = strdup(below(directory, "gone"));
	must(mkdir(gone, 0700) == 0 && chdir(gone) == 0 && rmdir(gone) == 0);
	access("in-nothing", R_OK);
	expect_touched("access", below(gone, "in-nothing"));
	must(access("../kept", R_OK) == 0);
	expect_touched("access", below(gone, "../kept"));
	expect_resolved("access", below(directory, "kept"), below(gone, "../kept"));
	/* One that is really called so. */
	char *odd = strdup(below(directory, "odd (deleted)"));
	must(mkdir(odd, 0700) == 0 && chdir(odd) == 0);
	access("inside", R_OK);
	expect_touched("access", below(odd, "inside"));
}

int main(int argc, char **argv) {
	must(argc == 2);
	must(close(open(below(argv[1], "kept"), O_CREAT | O_WRONLY, 0600)) == 0);
	const size_t lengths[] = {1, 254, 255, 256, 257, 4000, PATH_MAX - 1};
	for (int i = 0; i < 7; i++) {
		char *path = path_of(lengths[i]);
		access(path, F_OK);
		expect_touched("access", path);
	}
	access(path_of(PATH_MAX), F_OK);
	must(errno == ENAMETOOLONG);
	expect_never(path_of(PATH_MAX));
	expect_never(path_of(PATH_MAX - 1 + 100));

	char *border = path_of(300);
	memcpy(border, "/border", 7);
	for (size_t before = 1; before < 300; before += 50) {
		border[8] = (char)('a' + before / 50);
		access(at_border(border, before), F_OK);
		expect_touched("access", border);
	}
	border[8] = 'Z';
	access(at_border(border, 0), F_OK); /* nothing mapped behind its NUL */
	expect_touched("access", border);
	char *unterminated = at_border("/unterminated", 0);
	unterminated[13] = 'x'; /* no NUL before the end of what is mapped */
	must(access(unterminated, F_OK) == -1 && errno == EFAULT);
	must(access((char *)8, F_OK) == -1 && errno == EFAULT);
	expect_never("/unterminated");
	expect_never("/unterminatedx");

	char all[512] = "/bytes/";
	for (int byte = 1, at = 7; byte < 256; byte++)
		if (byte != '/') all[at++] = (char)byte;
	access(all, F_OK);
	expect_touched("access", all);
	access("/not-utf8/\xff\xfe\xc3(", F_OK);
	expect_touched("access", "/not-utf8/\xff\xfe\xc3(");
	deleted_directory(argv[1]);
	return 0;
}
