#include "tar-header.h"

#include <string.h>

#include "text.h"

enum { NAME = 0, MODE = 100, UID = 108, GID = 116, SIZE = 124, MTIME = 136, CHECKSUM = 148, TYPE = 156, MAGIC = 257 };

static void put_octal(char *header, int offset, uint64_t value, unsigned digits) {
	struct text text = {.bytes = header + offset, .capacity = digits};
	text_append_unsigned(&text, value, 8, digits);
}

/* Eleven octal digits hold less than 8 GiB; beyond, the top bit of the field announces a big-endian number (GNU tar's base-256). */
static void put_size(char *header, uint64_t size) {
	if (size < 1ull << 33) {
		put_octal(header, SIZE, size, 11);
		return;
	}
	header[SIZE] = (char)0x80;
	for (int i = 0; i < 8; i++) header[SIZE + 11 - i] = (char)(size >> (8 * i));
}

void tar_header_fill(char header[TAR_BLOCK], uint64_t ordinal, uint64_t size) {
	memset(header, 0, TAR_BLOCK);
	struct text name = {.bytes = header + NAME, .capacity = 99};
	text_append_unsigned(&name, ordinal, 10, 1);
	put_octal(header, MODE, 0644, 7);
	put_octal(header, UID, 0, 7);
	put_octal(header, GID, 0, 7);
	put_size(header, size);
	put_octal(header, MTIME, 0, 11);
	header[TYPE] = '0';
	memcpy(header + MAGIC, "ustar\0" "00", 8);
	memset(header + CHECKSUM, ' ', 8); /* counted as blanks */
	unsigned sum = 0;
	for (int i = 0; i < TAR_BLOCK; i++) sum += (unsigned char)header[i];
	put_octal(header, CHECKSUM, sum, 6);
	header[CHECKSUM + 6] = '\0';
}
