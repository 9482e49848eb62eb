#include "directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_bytes(const void *a, const void *b) {
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_name(struct directory *directory, size_t *room, const char *name) {
	if (directory->name_count == *room) {
		size_t more = *room ? *room * 2 : 16;
		char **names = realloc(directory->names, more * sizeof *names);
		if (!names) return false;
		directory->names = names;
		*room = more;
	}
	char *copy = strdup(name);
	if (!copy) return false;
	directory->names[directory->name_count++] = copy;
	return true;
}

static bool read_names(struct directory *directory, DIR *stream) {
	size_t room = 0;
	for (;;) {
		errno = 0; /* readdir(3) tells the end from an error only by it */
		struct dirent *entry = readdir(stream);
		if (!entry) return errno == 0;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
		if (!add_name(directory, &room, entry->d_name)) return false;
	}
}

struct directory *directory_enter(const char *name, const struct stat *status) {
	struct stat opened;
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) return NULL;
	if (fstat(fd, &opened) == 0 && opened.st_dev == status->st_dev && opened.st_ino == status->st_ino) return directory_enter_opened(fd);
	close(fd);
	errno = ESTALE;
	return NULL;
}

struct directory *directory_enter_opened(int fd) {
	struct stat status;
	struct directory *directory = calloc(1, sizeof *directory);
	DIR *stream = directory ? fdopendir(fd) : NULL;
	bool is_entered = stream && read_names(directory, stream) && fstat(fd, &status) == 0 && fchdir(fd) == 0;
	int error = errno;
	if (stream) closedir(stream);
	else close(fd);
	if (!is_entered) {
		directory_free(directory);
		errno = error;
		return NULL;
	}
	directory->device = status.st_dev;
	directory->inode = status.st_ino;
	if (directory->name_count) qsort(directory->names, directory->name_count, sizeof *directory->names, by_bytes);
	return directory;
}

const char *directory_next(struct directory *directory) {
	return directory->next < directory->name_count ? directory->names[directory->next++] : NULL;
}

int directory_return_to(const struct directory *directory) {
	struct stat here;
	if (chdir("..") < 0 || stat(".", &here) < 0) return -1;
	if (here.st_dev == directory->device && here.st_ino == directory->inode) return 0;
	errno = ESTALE; /* somebody moved a directory under us */
	return -1;
}

void directory_free(struct directory *directory) {
	if (!directory) return;
	for (size_t i = 0; i < directory->name_count; i++) free(directory->names[i]);
	free(directory->names);
	free(directory);
}
