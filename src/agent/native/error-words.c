#include "error-words.h"

#include <ctype.h>
#include <string.h>

#include "text.h"

const char *error_words(int error, char words[ERROR_WORDS_MAX]) {
	struct text text = {.bytes = words, .capacity = ERROR_WORDS_MAX};
	text_append(&text, strerror(error));
	text_string(&text);
	words[0] = (char)tolower((unsigned char)words[0]);
	return words;
}
