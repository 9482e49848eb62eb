/*
 * list: the metadata of every entry below the root, parents first, siblings by the bytes of their names. All fields end in NUL:
 *
 *   slimtrace-list 1 <clone|plain>
 *   <type> <mode> <uid> <gid> <size> <sec>.<nsec> <dev>:<ino> <links> <rdev major>:<minor> <xattrs>  <path>  <link target>
 *     then for each xattr: <name>  <length>  <that many raw bytes>
 *   end <count>
 *
 * The working directory walks along, one step at a time: neither the depth of the tree nor the length of a path is limited, and
 * xattrs of links and devices can be read by plain name.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "directory.h"
#include "entry-record.h"
#include "message.h"
#include "output.h"
#include "root-view.h"
#include "text.h"

struct walk {
	const struct root_view *view;
	char **excluded; /* pairs of "--exclude" and a path, up to excluded_count words */
	int excluded_count;
	struct entry_path path;
	struct directory *current; /* innermost; NULL at the root's end */
	uint64_t count;
};

static bool is_excluded(const struct walk *walk) {
	for (int i = 1; i < walk->excluded_count; i += 2)
		if (walk->excluded[i] && strcmp(walk->excluded[i], walk->path.bytes) == 0) return true;
	return false;
}

static int cannot(const char *what, const struct walk *walk) {
	return fail(EXIT_IO, "cannot ", what, " ", walk->path.bytes, ": ", strerror(errno), NULL);
}

/* Steps into the entry that was just written. */
static int enter(struct walk *walk, const char *name, const struct stat *status) {
	/* What is mounted there is not the image's. */
	if (!walk->view->is_cloned && status->st_dev != walk->view->device) return 0;
	struct directory *inner = directory_enter(name, status);
	if (!inner) return cannot("read", walk);
	inner->outer = walk->current;
	inner->path_length = walk->path.length;
	walk->current = inner;
	return 0;
}

static int write_entry(struct walk *walk, const char *name) {
	struct stat status;
	if (fstatat(AT_FDCWD, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return cannot("stat", walk);
	if (entry_record_write(name, walk->path.bytes, &status) < 0) return cannot("read", walk);
	walk->count++;
	return S_ISDIR(status.st_mode) ? enter(walk, name, &status) : 0;
}

/* Does the next thing: an entry of the innermost directory, or the step out of it. */
static int advance(struct walk *walk) {
	struct directory *current = walk->current;
	const char *name = directory_next(current);
	if (!entry_path_cut(&walk->path, current->path_length, name)) return cannot("remember", walk);
	if (name) return is_excluded(walk) ? 0 : write_entry(walk, name);
	walk->current = current->outer;
	if (current->outer && directory_return_to(current->outer) < 0) return cannot("step out of", walk);
	directory_free(current);
	return 0;
}

static int walk_tree(struct walk *walk) {
	if (fchdir(walk->view->directory) < 0) {
		/* open_tree gives an O_PATH descriptor, which fchdir takes since Linux 3.5. */
		return fail(EXIT_IO, "cannot enter the root: ", strerror(errno), NULL);
	}
	output_string(walk->view->is_cloned ? "slimtrace-list 1 clone" : "slimtrace-list 1 plain");
	output_bytes("", 1);
	if (!entry_path_cut(&walk->path, 0, NULL)) return cannot("remember", walk);
	int code = write_entry(walk, ".");
	while (code == 0 && walk->current) code = advance(walk);
	if (code) return code;
	char line[32];
	struct text text = TEXT_IN(line);
	text_append(&text, "end ");
	text_append_unsigned(&text, walk->count, 10, 1);
	text_append_nul(&text);
	output_bytes(text.bytes, text.length);
	return output_finish();
}

int command_list(int argument_count, char **arguments) {
	const char *root = "/";
	struct root_view view;
	if (argument_count % 2 != 0) return usage("list [--root DIR] [--exclude PATH]...");
	for (int i = 0; i < argument_count; i += 2) {
		bool is_root = strcmp(arguments[i], "--root") == 0;
		if (!is_root && strcmp(arguments[i], "--exclude") != 0) return fail(EXIT_USAGE, "unknown option: ", arguments[i], NULL);
		if (!is_root && arguments[i + 1][0] != '/') return fail(EXIT_USAGE, "--exclude takes an absolute path: ", arguments[i + 1], NULL);
		if (!is_root) continue;
		root = arguments[i + 1];
		arguments[i + 1] = NULL; /* not an excluded path */
	}
	int code = root_view_open(root, &view);
	if (code) return code;
	struct walk walk = {.view = &view, .excluded = arguments, .excluded_count = argument_count};
	return walk_tree(&walk);
}
