/*
 * unpack: makes the tree that a plan on stdin describes in an empty directory. All fields of the plan end in NUL:
 *
 *   slimtrace-unpack 1
 *   source  <file>                    any number; entries count them from 0
 *   <type> <mode> <uid> <gid> <size> <sec>.<nsec> <rdev major>:<minor> <source> <offset> <xattrs>  <path>  <link target>
 *     then for each xattr: <name>  <length>  <that many raw bytes>
 *   end <count>
 *
 * as in a listing, with `h` for a hard link to the path given as its target. Parents come before what is in them, a hard link after its
 * target. A plan that breaks these rules, in error or on purpose, fails; nothing is ever made outside the directory. At the end
 * stdout gets `done <entries> owners <n> devices <n> xattrs <n>`, the n of what the options allowed to leave out. What fails is told by
 * the exit code (message.h): EXIT_REFUSED_INPUT for a wrong plan, EXIT_NO_SPACE, EXIT_IO for the rest; what was made until then stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "entry-failure.h"
#include "message.h"
#include "output.h"
#include "plan-entry.h"
#include "plan-input.h"
#include "text.h"
#include "unpack-entry.h"

static struct plan_input input;
static struct plan_entry entry;
static struct unpacking unpacking;

static int open_directory(const char *path) {
	int root = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* Ours alone until it is complete, and without a set-group-id bit, which what is made in it would inherit. */
	if (root < 0 || fchmod(root, 0700) < 0) return fail(EXIT_IO, "cannot open ", path, ": ", strerror(errno), NULL);
	umask(0077);
	unpacking.input = &input;
	unpack_place_begin(&unpacking.place, root);
	unpack_place_begin(&unpacking.target_place, root);
	return 0;
}

/* Reads as far as the first field that is no source. */
static int read_sources(const char **head) {
	int code = plan_input_field(&input, head);
	if (code == 0 && strcmp(*head, "slimtrace-unpack 1") != 0) return fail(EXIT_REFUSED_INPUT, "not a plan to unpack", NULL);
	for (;;) {
		if (code == 0) code = plan_input_field(&input, head);
		if (code || strcmp(*head, "source") != 0) return code;
		const char *path;
		code = plan_input_field(&input, &path);
		if (code == 0) code = unpack_sources_add(&unpacking.sources, path);
	}
}

static int check_end(const char *head, uint64_t count) {
	uint64_t claimed;
	const char *digits = head + strlen("end ");
	if (!parse_unsigned(digits, strlen(digits), UINT64_MAX, &claimed) || claimed != count)
		return fail(EXIT_REFUSED_INPUT, "the plan has another number of entries than its end says", NULL);
	return plan_input_finish(&input);
}

static int report(uint64_t count) {
	char line[128];
	struct text text = TEXT_IN(line);
	text_append(&text, "done ");
	text_append_unsigned(&text, count, 10, 1);
	text_append(&text, " owners ");
	text_append_unsigned(&text, unpacking.losses.owners, 10, 1);
	text_append(&text, " devices ");
	text_append_unsigned(&text, unpacking.losses.devices, 10, 1);
	text_append(&text, " xattrs ");
	text_append_unsigned(&text, unpacking.losses.xattrs, 10, 1);
	text_append(&text, "\n");
	output_string(text_string(&text));
	return output_finish();
}

static int unpack(void) {
	const char *head;
	uint64_t count = 0;
	int code = read_sources(&head);
	while (code == 0 && strncmp(head, "end ", strlen("end ")) != 0) {
		code = plan_entry_read(&input, head, &entry);
		if (code == 0) code = unpack_entry(&unpacking, &entry);
		if (code == 0) code = plan_input_field(&input, &head);
		count++;
	}
	if (code == 0) code = check_end(head, count);
	if (code == 0) code = unpack_directories_finish(&unpacking.directories, unpacking.place.root, &unpacking.losses);
	return code ? code : report(count);
}

static bool parse_option(const char *name, const char *value) {
	if (strcmp(name, "--owners") == 0) {
		unpacking.losses.ignores_owners = strcmp(value, "ignore") == 0;
		return unpacking.losses.ignores_owners || strcmp(value, "keep") == 0;
	}
	if (strcmp(name, "--devices") != 0) return false;
	unpacking.losses.skips_devices = strcmp(value, "skip") == 0;
	return unpacking.losses.skips_devices || strcmp(value, "make") == 0;
}

int command_unpack(int argument_count, char **arguments) {
	bool is_understood = argument_count % 2 == 1;
	for (int i = 1; is_understood && i < argument_count; i += 2) is_understood = parse_option(arguments[i], arguments[i + 1]);
	if (!is_understood) return usage("unpack DIR [--owners keep|ignore] [--devices make|skip], a plan on standard input");
	int code = open_directory(arguments[0]);
	return code ? code : unpack();
}
