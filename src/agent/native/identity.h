/* The user a container's program runs as, from Docker's USER syntax and the image's own passwd and group files. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <limits.h>
#include <sys/types.h>

enum { GROUPS_MAX = 1024 };

struct identity {
	uid_t uid;
	gid_t gid;
	gid_t groups[GROUPS_MAX]; /* supplementary, the primary one first, as the engines do since CVE-2022-36109 */
	int group_count;
	char home[PATH_MAX];
};

/* Fills `identity` for "", name, uid, name:group, uid:gid and so on, by the rules of runc's user.GetExecUser. 0, or an exit code
 * after a message. Reads /etc/passwd and /etc/group, so it comes before the filter. */
int identity_resolve(const char *user, struct identity *identity);

/* Makes it the owner of standard input, output and error where those are pipes, as runc does: /dev/stdout is opened by whoever owns the
 * pipe. Of no consequence where it fails, but for that. */
void identity_own_output(const struct identity *identity);

/* Takes the identity on; 0, or -1 with errno. */
int identity_assume(const struct identity *identity);

/* Takes it on for file access only, and gives it back: to look up a program as the app will. */
int identity_borrow(const struct identity *identity);
void identity_return(void);

#endif
