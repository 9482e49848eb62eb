#include "text.h"

#include <string.h>

void text_append_bytes(struct text *text, const void *bytes, size_t length) {
	if (length > text->capacity - text->length) {
		text->overflowed = true;
		length = text->capacity - text->length;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

void text_append(struct text *text, const char *string) {
	text_append_bytes(text, string, strlen(string));
}

void text_append_nul(struct text *text) {
	text_append_bytes(text, "", 1);
}

void text_append_unsigned(struct text *text, uint64_t value, unsigned base, unsigned min_digits) {
	char digits[64];
	size_t at = sizeof digits;
	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (at > 0 && (value > 0 || sizeof digits - at < min_digits));
	text_append_bytes(text, digits + at, sizeof digits - at);
}

void text_append_signed(struct text *text, int64_t value) {
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
	if (value < 0) text_append(text, "-");
	text_append_unsigned(text, magnitude, 10, 1);
}

void text_append_escaped(struct text *text, const char *string) {
	for (; *string; string++) {
		unsigned char byte = (unsigned char)*string;
		bool is_shown = byte >= ' ' && byte < 0x7f && byte != '\\';
		if (!is_shown) text_append(text, "\\x");
		if (is_shown) text_append_bytes(text, string, 1);
		else text_append_unsigned(text, byte, 16, 2);
	}
}

const char *text_string(struct text *text) {
	if (text->length == text->capacity) {
		text->length--;
		text->overflowed = true;
	}
	text->bytes[text->length] = '\0';
	return text->bytes;
}

bool parse_unsigned(const char *string, size_t length, uint64_t max, uint64_t *value) {
	uint64_t result = 0;
	if (length == 0) return false;
	for (size_t i = 0; i < length; i++) {
		if (string[i] < '0' || string[i] > '9') return false;
		unsigned digit = (unsigned)(string[i] - '0');
		if (result > (max - digit) / 10) return false;
		result = result * 10 + digit;
	}
	*value = result;
	return true;
}
