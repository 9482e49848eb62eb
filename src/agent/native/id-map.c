#include "id-map.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "id-map-program.h"
#include "message.h"
#include "text.h"

enum { ID_COUNT_MAX = 0x7fffffff };

/* The numbers of "1:2:3:4", exactly `count` of them. */
static bool parse_numbers(const char *at, uint64_t *numbers, int count) {
	for (int i = 0; i < count; i++) {
		size_t length = strcspn(at, ":");
		if (!parse_unsigned(at, length, ID_COUNT_MAX, &numbers[i])) return false;
		if (at[length] != (i + 1 < count ? ':' : '\0')) return false;
		at += length + 1;
	}
	return true;
}

bool id_map_parse(const char *string, struct id_map *map) {
	uint64_t numbers[4];
	*map = (struct id_map){.kind = ID_MAP_NONE};
	if (strcmp(string, "none") == 0) return true;
	if (strcmp(string, "all") == 0) map->kind = ID_MAP_ALL;
	if (strcmp(string, "self") == 0) map->kind = ID_MAP_SELF;
	if (map->kind != ID_MAP_NONE) return true;
	if (strncmp(string, "sub:", 4) != 0 || !parse_numbers(string + 4, numbers, 4)) return false;
	*map = (struct id_map){ID_MAP_SUB, numbers[0], numbers[1], numbers[2], numbers[3]};
	return true;
}

int id_map_refused(int error) {
	/* create_user_ns (kernel/user_namespace.c) refuses in a chroot, with the same errno as for want of the right. */
	const char *hint = error == EPERM ? " (forbidden by this system, or in a chroot)" : error == ENOSPC ? " (user.max_user_namespaces)" : "";
	return fail(EXIT_CANNOT_CONTAIN, "user namespace: ", strerror(error), hint, NULL);
}

static int cannot_write(const char *name, int error) {
	return fail(EXIT_CANNOT_CONTAIN, "user namespace: cannot write ", name, ": ", strerror(error), NULL);
}

/* The kernel takes a map in one write only. */
static int write_proc(pid_t process, const char *name, const struct text *content) {
	char path[64];
	struct text text = TEXT_IN(path);
	text_append(&text, "/proc/");
	text_append_unsigned(&text, (uint64_t)process, 10, 1);
	text_append(&text, "/");
	text_append(&text, name);
	int fd = open(text_string(&text), O_WRONLY | O_CLOEXEC);
	if (fd < 0) return cannot_write(name, errno);
	ssize_t written = write(fd, content->bytes, content->length);
	int error = errno;
	close(fd);
	return written == (ssize_t)content->length ? 0 : cannot_write(name, error);
}

static void append_number(struct text *text, uint64_t number, const char *end) {
	text_append_unsigned(text, number, 10, 1);
	text_append(text, end);
}

/* Each range that exists here maps to itself: "0 0 4294967295" outside of any container. */
static int append_identity(const char *source, struct text *text) {
	char ranges[4096];
	int fd = open(source, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, ranges, sizeof ranges - 1);
	int error = errno;
	if (fd >= 0) close(fd);
	if (length < 0) return fail(EXIT_CANNOT_CONTAIN, "user namespace: cannot read ", source, ": ", strerror(error), NULL);
	ranges[length] = '\0';
	for (char *line = strtok(ranges, "\n"); line; line = strtok(NULL, "\n")) {
		uint64_t numbers[3];
		for (int i = 0; i < 3; i++) {
			line += strspn(line, " ");
			size_t digits = strcspn(line, " ");
			if (!parse_unsigned(line, digits, UINT32_MAX, &numbers[i])) return cannot_write(source, EINVAL);
			line += digits;
		}
		append_number(text, numbers[0], " ");
		append_number(text, numbers[0], " ");
		append_number(text, numbers[2], "\n");
	}
	return 0;
}

static int write_identity(pid_t process, const char *source, const char *name) {
	char lines[4096];
	struct text text = TEXT_IN(lines);
	int code = append_identity(source, &text);
	return code ? code : write_proc(process, name, &text);
}

static int write_single(pid_t process, const char *name, uint64_t id) {
	char line[64];
	struct text text = TEXT_IN(line);
	text_append(&text, "0 ");
	append_number(&text, id, " 1\n");
	return write_proc(process, name, &text);
}

static int write_self(pid_t process) {
	char word[] = "deny";
	struct text deny = {.bytes = word, .length = 4, .capacity = 4};
	/* Without it an unprivileged process may not map a group: dropping one could open what the group is kept from. */
	int code = write_proc(process, "setgroups", &deny);
	if (code == 0) code = write_single(process, "uid_map", geteuid());
	return code ? code : write_single(process, "gid_map", getegid());
}

int id_map_write(const struct id_map *map, pid_t process) {
	int code = 0;
	switch (map->kind) {
	case ID_MAP_NONE:
		break;
	case ID_MAP_SELF:
		return write_self(process);
	case ID_MAP_ALL:
		code = write_identity(process, "/proc/self/uid_map", "uid_map");
		return code ? code : write_identity(process, "/proc/self/gid_map", "gid_map");
	case ID_MAP_SUB:
		code = run_id_map_program("newuidmap", process, geteuid(), map->uid, map->uid_count);
		return code ? code : run_id_map_program("newgidmap", process, getegid(), map->gid, map->gid_count);
	}
	return code;
}
