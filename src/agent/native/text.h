/* Text put together in a buffer of fixed size, without printf (which would be a third of the binary). */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes;
	size_t length;
	size_t capacity;
	bool overflowed; /* something did not fit; what is there is only the beginning */
};

#define TEXT_IN(array) {.bytes = (array), .capacity = sizeof(array)}

void text_append_bytes(struct text *text, const void *bytes, size_t length);
void text_append(struct text *text, const char *string);
void text_append_nul(struct text *text);
void text_append_unsigned(struct text *text, uint64_t value, unsigned base, unsigned min_digits);
void text_append_signed(struct text *text, int64_t value);

/* A name from an image, fit for a terminal: whatever isn't printable ASCII, and the backslash, as \xHH. */
void text_append_escaped(struct text *text, const char *string);

/* Ends the text with a NUL that isn't counted, cutting off the last byte where there is no room for it. */
const char *text_string(struct text *text);

/* A whole decimal number in 0..max, or false: no sign, no blanks, nothing after it. */
bool parse_unsigned(const char *string, size_t length, uint64_t max, uint64_t *value);

#endif
