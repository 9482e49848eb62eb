#include "trace-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#if defined __x86_64__
#define ARCHITECTURE "x86_64"
#else
#define ARCHITECTURE "aarch64"
#endif
#define HEADER "slimtrace-trace 1 " ARCHITECTURE
/* `init` and `exec` are equally long, so the state stands at a fixed place. */
#define STATE_OFFSET (sizeof HEADER " init state=" - 1)

static int file = -1;
static char record[4 * PATH_MAX];

int trace_file_descriptor(void) {
	return file;
}

int trace_file_create(const char *path, bool is_exec) {
	/* Not O_APPEND: pwrite(2) on such a descriptor appends on Linux whatever its offset. The processes that write share
	 * one open file description, hence one offset. */
	file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file < 0) return -1;
	struct text text = TEXT_IN(record);
	text_append(&text, HEADER);
	text_append(&text, is_exec ? " exec" : " init");
	text_append(&text, " state=ok  ");
	text_append_nul(&text);
	ssize_t written = write(file, text.bytes, text.length);
	if (written == (ssize_t)text.length) return 0;
	if (written >= 0) errno = ENOSPC;
	return -1;
}

/* In place, so that neither a full disk nor a quota keeps the reader from learning it. */
static void mark(const char state[4]) {
	while (pwrite(file, state, 4, STATE_OFFSET) < 0 && errno == EINTR) {
	}
}

static void write_record(struct text *text) {
	ssize_t written;
	do written = write(file, text->bytes, text->length);
	while (written < 0 && errno == EINTR);
	if (written == (ssize_t)text->length && !text->overflowed) return;
	mark("lost");
	if (written <= 0) return;
	/* Half a record would swallow the beginning of the next. */
	off_t end = lseek(file, -written, SEEK_CUR);
	if (end >= 0 && ftruncate(file, end) < 0) mark("lost");
}

static void append_access(struct text *text, char kind, uint32_t program, enum access access) {
	text_append_bytes(text, &kind, 1);
	text_append(text, " ");
	text_append_unsigned(text, program, 10, 1);
	text_append(text, " ");
	text_append(text, access_words[access]);
	text_append_nul(text);
}

static void append_field(struct text *text, const char *field, size_t length) {
	text_append_bytes(text, field, length);
	text_append_nul(text);
}

void trace_file_program(uint32_t id, const char *path) {
	struct text text = TEXT_IN(record);
	text_append(&text, "P ");
	text_append_unsigned(&text, id, 10, 1);
	text_append_nul(&text);
	append_field(&text, path, strlen(path));
	write_record(&text);
}

void trace_file_touched(uint32_t program, enum access access, const char *path, size_t length) {
	struct text text = TEXT_IN(record);
	append_access(&text, 'T', program, access);
	append_field(&text, path, length);
	write_record(&text);
}

void trace_file_resolved(uint32_t program, enum access access, const char *canonical, const char *named) {
	struct text text = TEXT_IN(record);
	append_access(&text, 'R', program, access);
	append_field(&text, canonical, strlen(canonical));
	append_field(&text, named, strlen(named));
	write_record(&text);
}

void trace_file_syscall(const char *architecture, unsigned number) {
	struct text text = TEXT_IN(record);
	text_append(&text, "S ");
	text_append(&text, architecture);
	text_append(&text, " ");
	text_append_unsigned(&text, number, 10, 1);
	text_append_nul(&text);
	write_record(&text);
}

static void write_words(const char *kind, const char *word, const char *detail) {
	struct text text = TEXT_IN(record);
	text_append(&text, kind);
	append_field(&text, word, strlen(word));
	if (detail) append_field(&text, detail, strlen(detail));
	write_record(&text);
}

void trace_file_lost(const char *reason, const char *detail) {
	mark("lost");
	write_words("L ", reason, detail);
}

void trace_file_dead(const char *status) {
	mark("dead");
	write_words("D ", status, NULL);
}

void trace_file_end(const char *how) {
	write_words("E ", how, NULL);
}
