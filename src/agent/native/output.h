/* Buffered standard output. Errors are kept and reported once, by output_finish. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stddef.h>

void output_bytes(const void *bytes, size_t length);
void output_string(const char *string);

/* Writes what is left; 0, or EXIT_IO with a message when any write failed. */
int output_finish(void);

#endif
