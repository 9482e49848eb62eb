/*
 * The trace file: records whose fields end in NUL, each written with one write(2) before the call it tells of goes on.
 *
 *   slimtrace-trace 1 <arch> <init|exec> state=<ok|lost|dead>  NUL     four bytes for the state, changed in place
 *   P <id> NUL <path of the program> NUL
 *   T <program> <access> NUL <path> NUL
 *   R <program> <access> NUL <canonical path> NUL <path as named> NUL
 *   S <arch> <number> NUL                                              a system call was made (of a full trace, each once)
 *   L <reason> NUL <detail> NUL                                        something was lost
 *   D <status> NUL                                                     the supervisor died
 *   E exit <code> NUL  or  E hup NUL                                   the app ended by itself, nobody is traced any more
 */
#ifndef TRACE_FILE_H
#define TRACE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table.h"

/* Creates the file and writes its header; 0, or -1 with errno. It must not exist. */
int trace_file_create(const char *path, bool is_exec);

/* The descriptor, for the processes that must keep it open. */
int trace_file_descriptor(void);

void trace_file_program(uint32_t id, const char *path);
void trace_file_touched(uint32_t program, enum access access, const char *path, size_t length);
void trace_file_resolved(uint32_t program, enum access access, const char *canonical, const char *named);
void trace_file_syscall(const char *architecture, unsigned number);
void trace_file_lost(const char *reason, const char *detail);
void trace_file_dead(const char *status);
void trace_file_end(const char *how);

#endif
