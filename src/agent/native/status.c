#include "status.h"

#include <unistd.h>

static void put(struct text *line) {
	/* One line, whatever names of the image are in it. */
	for (size_t i = 0; i < line->length; i++)
		if ((unsigned char)line->bytes[i] < ' ' || line->bytes[i] == 0x7f) line->bytes[i] = '?';
	if (line->length == line->capacity) line->length--;
	text_append(line, "\n");
	/* If nobody reads it there is nobody to tell. */
	ssize_t written = write(STATUS_DESCRIPTOR, line->bytes, line->length);
	(void)written;
}

static void put_number(const char *word, uint64_t number) {
	char bytes[32];
	struct text line = TEXT_IN(bytes);
	text_append(&line, word);
	text_append_unsigned(&line, number, 10, 1);
	put(&line);
}

void status_started(pid_t process) {
	put_number("started ", (uint64_t)process);
}

void status_exit(int code) {
	put_number("exit ", (unsigned)code);
}

void status_failed(const char *code_and_text) {
	static char bytes[9 * 1024];
	struct text line = TEXT_IN(bytes);
	text_append(&line, "failed ");
	text_append(&line, code_and_text);
	put(&line);
}

void status_failure(int code, const struct text *text) {
	static char bytes[8 * 1024];
	struct text words = TEXT_IN(bytes);
	text_append_unsigned(&words, (unsigned)code, 10, 1);
	text_append(&words, " ");
	text_append_bytes(&words, text->bytes, text->length);
	status_failed(text_string(&words));
}
