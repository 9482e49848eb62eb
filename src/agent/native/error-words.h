/* Errors as the engines, written in Go, put them. */
#ifndef ERROR_WORDS_H
#define ERROR_WORDS_H

enum { ERROR_WORDS_MAX = 64 };

/* "no such file or directory" for ENOENT, in `words`. */
const char *error_words(int error, char words[ERROR_WORDS_MAX]);

#endif
