#include "account-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

enum { CONTENT_MAX = 16 << 20 /* whatever an image has there, /dev/zero too, must not eat up the memory */ };

static char *read_all(int fd) {
	size_t length = 0, room = 16 * 1024;
	char *content = malloc(room);
	while (content) {
		ssize_t got = read(fd, content + length, room - length - 1);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) break;
		if (got == 0) {
			content[length] = '\0';
			return content;
		}
		length += (size_t)got;
		if (room - length > 1) continue;
		errno = EFBIG;
		char *bigger = room < CONTENT_MAX ? realloc(content, room *= 2) : NULL;
		if (!bigger) break;
		content = bigger;
	}
	int error = errno;
	free(content);
	errno = error;
	return NULL;
}

int account_file_open(struct account_file *file, const char *path) {
	*file = (struct account_file){NULL, NULL};
	/* O_NONBLOCK: whatever the image has under that name must not make us wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	file->content = file->at = read_all(fd);
	int error = errno;
	close(fd);
	errno = error;
	return file->content ? 0 : -1;
}

void account_file_close(struct account_file *file) {
	free(file->content);
	*file = (struct account_file){NULL, NULL};
}

static char *trim(char *line) {
	line += strspn(line, " \t\r");
	size_t length = strlen(line);
	while (length > 0 && strchr(" \t\r", line[length - 1])) line[--length] = '\0';
	return line;
}

bool account_file_next(struct account_file *file, struct account *account) {
	while (file->at && *file->at != '\0') {
		char *line = file->at;
		char *end = strchr(line, '\n');
		file->at = end ? end + 1 : line + strlen(line);
		if (end) *end = '\0';
		line = trim(line);
		if (*line == '\0') continue;
		for (int i = 0; i < ACCOUNT_FIELDS; i++) {
			account->fields[i] = line ? line : "";
			char *colon = line ? strchr(line, ':') : NULL;
			if (colon) *colon = '\0';
			line = colon ? colon + 1 : NULL;
		}
		return true;
	}
	return false;
}

uint64_t account_number(const struct account *account, int field) {
	uint64_t number = 0;
	const char *text = account->fields[field];
	return parse_unsigned(text, strlen(text), UINT32_MAX, &number) ? number : 0;
}
