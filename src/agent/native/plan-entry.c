#include "plan-entry.h"

#include <stdbool.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "entry-failure.h"
#include "message.h"
#include "plain-path.h"
#include "text.h"

/* The kernel's dev_t has 12 bits for the major and 20 for the minor number (include/linux/kdev_t.h). */
enum { MAJOR_MAX = 0xfff, MINOR_MAX = 0xfffff };

/* Takes a number and the character after it off `*at`, which is then NULL if that isn't what is there. */
static uint64_t take_number(const char **at, unsigned base, uint64_t max, char end) {
	uint64_t value = 0;
	const char *digit = *at;
	if (!digit) return 0;
	for (; *digit >= '0' && *digit < (char)('0' + base); digit++) {
		unsigned worth = (unsigned)(*digit - '0');
		if (value > (max - worth) / base) break;
		value = value * base + worth;
	}
	*at = digit > *at && *digit == end ? digit + 1 : NULL;
	return value;
}

/* SECONDS.NNNNNNNNN: the seconds rounded down, so that the nanoseconds always count up from them. */
static struct timespec take_time(const char **at) {
	bool is_negative = *at && **at == '-';
	if (is_negative) ++*at;
	int64_t seconds = (int64_t)take_number(at, 10, INT64_MAX, '.');
	return (struct timespec){.tv_sec = is_negative ? -seconds : seconds, .tv_nsec = (long)take_number(at, 10, 999999999, ' ')};
}

static bool parse_head(const char *head, struct plan_entry *entry) {
	if (head[0] == '\0' || !strchr("fdlcbpsh", head[0]) || head[1] != ' ') return false;
	entry->type = head[0];
	const char *at = head + 2;
	entry->mode = (mode_t)take_number(&at, 8, 07777, ' ');
	/* (uid_t)-1 would mean "leave it" to chown(2). */
	entry->uid = (uid_t)take_number(&at, 10, UINT32_MAX - 1, ' ');
	entry->gid = (gid_t)take_number(&at, 10, UINT32_MAX - 1, ' ');
	entry->size = take_number(&at, 10, INT64_MAX, ' ');
	entry->time = take_time(&at);
	unsigned major_number = (unsigned)take_number(&at, 10, MAJOR_MAX, ':');
	unsigned minor_number = (unsigned)take_number(&at, 10, MINOR_MAX, ' ');
	entry->device = makedev(major_number, minor_number);
	entry->source = take_number(&at, 10, INT64_MAX, ' ');
	entry->offset = take_number(&at, 10, INT64_MAX, ' ');
	entry->xattr_count = take_number(&at, 10, UINT32_MAX, '\0');
	return at && entry->offset <= INT64_MAX - entry->size;
}

static int read_text(struct plan_input *input, char text[PLAN_FIELD_MAX]) {
	const char *field;
	int code = plan_input_field(input, &field);
	if (code == 0) strcpy(text, field);
	return code;
}

int plan_entry_read(struct plan_input *input, const char *head, struct plan_entry *entry) {
	bool is_understood = parse_head(head, entry);
	int code = read_text(input, entry->path);
	if (code == 0 && !is_understood) return entry_refused(entry->path, "the plan describes it in no way known here");
	if (code == 0) code = read_text(input, entry->target);
	if (code) return code;
	bool is_root = entry->type == 'd' && strcmp(entry->path, "/") == 0;
	if (!is_root && !is_plain_path(entry->path)) return entry_refused(entry->path, "not a plain absolute path");
	if (entry->type != 'h') return 0;
	if (!is_plain_path(entry->target)) return entry_refused(entry->path, "linked to what is not a plain absolute path");
	if (entry->xattr_count > 0) return entry_refused(entry->path, "a hard link has no attributes of its own");
	return 0;
}

int plan_entry_xattr(struct plan_input *input, const struct plan_entry *entry, struct plan_xattr *xattr) {
	const char *field;
	uint64_t length;
	int code = plan_input_field(input, &field);
	if (code) return code;
	if (strlen(field) > PLAN_XATTR_NAME_MAX) return entry_refused(entry->path, "an extended attribute has too long a name");
	strcpy(xattr->name, field);
	code = plan_input_field(input, &field);
	if (code) return code;
	if (!parse_unsigned(field, strlen(field), PLAN_FIELD_MAX, &length))
		return entry_refused(entry->path, "an extended attribute has no valid length");
	xattr->length = length;
	return plan_input_counted(input, length, &xattr->value);
}
