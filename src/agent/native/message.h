/* Messages to the user, on stderr, and the agent's exit codes. */
#ifndef MESSAGE_H
#define MESSAGE_H

enum {
	EXIT_USAGE = 64,
	EXIT_REFUSED_INPUT = 66, /* pack: a path that isn't a regular file reached through real directories; unpack: a plan that is wrong */
	EXIT_UNREACHABLE = 69,   /* relay: no connection */
	EXIT_CANNOT_TRACE = 71,  /* this kernel or container does not allow tracing */
	EXIT_NO_SPACE = 73,      /* unpack: the disk or a quota is full */
	EXIT_IO = 74,
	EXIT_CANNOT_CONTAIN = 125, /* contain, enter, in-userns: no container, for a reason that isn't its program's */
	EXIT_NOT_EXECUTABLE = 126,
	EXIT_NOT_FOUND = 127,
};

/* Prints `slimtrace-agent: ` and the strings up to the NULL on one line, and returns `code`. */
int fail(int code, const char *first, ...) __attribute__((sentinel));

struct text;

/* From now on messages are added to `text`, without the prefix and the end of line, and nothing is printed; NULL: printed again. */
void message_keep_in(struct text *text);

#endif
