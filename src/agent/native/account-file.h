/* Lines of /etc/passwd and /etc/group (passwd(5), group(5)), read as leniently as runc reads them. */
#ifndef ACCOUNT_FILE_H
#define ACCOUNT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ACCOUNT_FIELDS = 7 };

struct account_file {
	char *content; /* NULL where the image has no such file */
	char *at;
};

struct account {
	const char *fields[ACCOUNT_FIELDS]; /* "" where the line is shorter */
};

/* 0, also when the file does not exist (a scratch image), or -1 with errno. */
int account_file_open(struct account_file *file, const char *path);

/* The next line that isn't empty. Its fields are valid until the file is closed. */
bool account_file_next(struct account_file *file, struct account *account);

void account_file_close(struct account_file *file);

/* A field as an id; 0 where it is no number. */
uint64_t account_number(const struct account *account, int field);

#endif
