#include "plan-input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

/* Reads more behind what is there. At most PLAN_FIELD_MAX bytes wait when it is called, so there always is room. */
static int read_more(struct plan_input *input, size_t *got) {
	memmove(input->bytes, input->bytes + input->start, input->end - input->start);
	input->end -= input->start;
	input->start = 0;
	for (;;) {
		ssize_t count = read(STDIN_FILENO, input->bytes + input->end, sizeof input->bytes - input->end);
		if (count < 0 && errno == EINTR) continue;
		if (count < 0) return fail(EXIT_IO, "cannot read the plan: ", strerror(errno), NULL);
		input->end += (size_t)count;
		*got = (size_t)count;
		return 0;
	}
}

static int need_more(struct plan_input *input) {
	size_t got;
	int code = read_more(input, &got);
	if (code == 0 && got == 0) return fail(EXIT_REFUSED_INPUT, "the plan ends early", NULL);
	return code;
}

int plan_input_field(struct plan_input *input, const char **field) {
	for (size_t searched = 0;;) {
		size_t waiting = input->end - input->start;
		char *at = input->bytes + input->start;
		char *end = memchr(at + searched, '\0', waiting - searched);
		if (end) {
			*field = at;
			input->start += (size_t)(end - at) + 1;
			/* What a single read brought may hold a longer one. */
			if (end - at < PLAN_FIELD_MAX) return 0;
		}
		if (end || waiting >= PLAN_FIELD_MAX) return fail(EXIT_REFUSED_INPUT, "the plan has a field beyond all limits", NULL);
		searched = waiting;
		int code = need_more(input);
		if (code) return code;
	}
}

int plan_input_counted(struct plan_input *input, size_t length, const char **bytes) {
	if (length > PLAN_FIELD_MAX) return fail(EXIT_REFUSED_INPUT, "the plan has a value beyond all limits", NULL);
	while (input->end - input->start < length) {
		int code = need_more(input);
		if (code) return code;
	}
	*bytes = input->bytes + input->start;
	input->start += length;
	return 0;
}

int plan_input_finish(struct plan_input *input) {
	size_t got = 0;
	int code = input->start < input->end ? 0 : read_more(input, &got);
	if (code == 0 && input->start < input->end) return fail(EXIT_REFUSED_INPUT, "the plan goes on after its end", NULL);
	return code;
}
