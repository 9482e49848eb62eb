#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account-file.h"
#include "message.h"
#include "text.h"

enum { ID_MAX = 0x7fffffff /* runc's own limit */ };

/* Digits only: those always mean an id, even where a name looks the same. */
static bool parse_id(const char *string, uint64_t *id) {
	return parse_unsigned(string, strlen(string), UINT64_MAX, id);
}

static bool is_in_range(uint64_t id) {
	return id <= ID_MAX;
}

static int out_of_range(void) {
	return fail(EXIT_NOT_EXECUTABLE, "uids and gids must be in range 0-2147483647", NULL);
}

static void set_home(struct identity *identity, const char *home) {
	struct text text = TEXT_IN(identity->home);
	text_append(&text, home);
	text_string(&text);
}

/* The user part. `matched` gets the entry's name, which decides about supplementary groups, or "". */
static int resolve_user(const char *user, struct identity *identity, char *matched, size_t room) {
	uint64_t wanted = 0;
	bool is_number = user[0] == '\0' || parse_id(user, &wanted); /* nothing given: the entry of uid 0 */
	struct account_file file;
	struct account entry;
	matched[0] = '\0';
	if (account_file_open(&file, "/etc/passwd") < 0)
		return fail(EXIT_NOT_EXECUTABLE, "cannot read /etc/passwd: ", strerror(errno), NULL);
	while (account_file_next(&file, &entry)) {
		if (is_number ? account_number(&entry, 2) != wanted : strcmp(entry.fields[0], user) != 0) continue;
		struct text text = {.bytes = matched, .capacity = room};
		text_append(&text, entry.fields[0]);
		text_string(&text);
		identity->uid = (uid_t)account_number(&entry, 2);
		identity->gid = (gid_t)account_number(&entry, 3);
		set_home(identity, entry.fields[5]);
		account_file_close(&file);
		return 0;
	}
	account_file_close(&file);
	if (!is_number) return fail(EXIT_NOT_EXECUTABLE, "unable to find user ", user, ": no matching entries in passwd file", NULL);
	if (!is_in_range(wanted)) return out_of_range();
	identity->uid = (uid_t)wanted;
	return 0;
}

/* Whether `name` is in a comma-separated list. */
static bool is_listed(const char *list, const char *name) {
	size_t length = strlen(name);
	for (const char *at = list;; at++) {
		size_t item = strcspn(at, ",");
		if (item == length && strncmp(at, name, length) == 0) return true;
		at += item;
		if (*at == '\0') return false;
	}
}

static int add_group(struct identity *identity, gid_t group) {
	for (int i = 0; i < identity->group_count; i++)
		if (identity->groups[i] == group) return 0;
	if (identity->group_count == GROUPS_MAX) return fail(EXIT_NOT_EXECUTABLE, "more than 1024 groups", NULL);
	identity->groups[identity->group_count++] = group;
	return 0;
}

/* A group named explicitly replaces the primary one. */
static int resolve_group(const char *group, struct identity *identity) {
	uint64_t wanted = 0;
	bool is_number = parse_id(group, &wanted);
	struct account_file file;
	struct account entry;
	if (account_file_open(&file, "/etc/group") < 0)
		return fail(EXIT_NOT_EXECUTABLE, "cannot read /etc/group: ", strerror(errno), NULL);
	bool is_found = false;
	while (!is_found && account_file_next(&file, &entry)) {
		is_found = is_number ? account_number(&entry, 2) == wanted : strcmp(entry.fields[0], group) == 0;
		if (is_found) wanted = account_number(&entry, 2);
	}
	account_file_close(&file);
	if (!is_found && !is_number)
		return fail(EXIT_NOT_EXECUTABLE, "unable to find group ", group, ": no matching entries in group file", NULL);
	if (!is_in_range(wanted)) return out_of_range();
	identity->gid = (gid_t)wanted;
	return 0;
}

static int add_memberships(const char *name, struct identity *identity) {
	struct account_file file;
	struct account entry;
	int code = 0;
	if (account_file_open(&file, "/etc/group") < 0)
		return fail(EXIT_NOT_EXECUTABLE, "cannot read /etc/group: ", strerror(errno), NULL);
	while (code == 0 && account_file_next(&file, &entry))
		if (is_listed(entry.fields[3], name)) code = add_group(identity, (gid_t)account_number(&entry, 2));
	account_file_close(&file);
	return code;
}

/* The groups the engine gave this process beyond root's own come from `--group-add`: they are the app's. */
static int add_inherited(struct identity *identity) {
	static gid_t inherited[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, inherited);
	if (count < 0) return fail(EXIT_NOT_EXECUTABLE, "cannot read the groups: ", strerror(errno), NULL);
	for (int i = 0; i < count; i++) {
		int code = inherited[i] == 0 ? 0 : add_group(identity, inherited[i]);
		if (code) return code;
	}
	return 0;
}

int identity_resolve(const char *user, struct identity *identity) {
	char name[256], matched[256];
	size_t length = strcspn(user, ":");
	const char *group = user[length] == ':' ? user + length + 1 : "";
	if (length >= sizeof name) return fail(EXIT_NOT_EXECUTABLE, "unable to find user ", user, ": the name is too long", NULL);
	memcpy(name, user, length);
	name[length] = '\0';
	*identity = (struct identity){.uid = 0, .gid = 0};
	set_home(identity, "/");
	int code = resolve_user(name, identity, matched, sizeof matched);
	if (code == 0 && group[0] != '\0') code = resolve_group(group, identity);
	if (code == 0) code = add_group(identity, identity->gid);
	if (code == 0 && group[0] == '\0' && matched[0] != '\0') code = add_memberships(matched, identity);
	return code ? code : add_inherited(identity);
}

/* In a user namespace of a single user nobody may set groups (user_namespaces(7)); the one that is mapped is then all there is. */
static bool are_groups_fixed(void) {
	char word[8];
	int fd = open("/proc/self/setgroups", O_RDONLY | O_CLOEXEC);
	if (fd < 0) return false;
	bool is_denied = read(fd, word, sizeof word) >= 4 && memcmp(word, "deny", 4) == 0;
	close(fd);
	return is_denied;
}

static int set_groups(const struct identity *identity) {
	if (setgroups((size_t)identity->group_count, identity->groups) == 0) return 0;
	if (errno != EPERM) return -1;
	if (are_groups_fixed()) return 0;
	errno = EPERM;
	return -1;
}

void identity_own_output(const struct identity *identity) {
	struct stat output;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fstat(fd, &output) == 0 && S_ISFIFO(output.st_mode) && output.st_uid != identity->uid && fchown(fd, identity->uid, (gid_t)-1) < 0)
			return;
}

int identity_assume(const struct identity *identity) {
	if (set_groups(identity) < 0) return -1;
	if (setgid(identity->gid) < 0) return -1;
	return setuid(identity->uid);
}

int identity_borrow(const struct identity *identity) {
	if (set_groups(identity) < 0) return -1;
	setfsgid(identity->gid);
	/* From 0 to another uid this also takes CAP_DAC_OVERRIDE and its kin out of effect (capabilities(7)). */
	setfsuid(identity->uid);
	return 0;
}

void identity_return(void) {
	setfsuid(geteuid());
	setfsgid(getegid());
}
