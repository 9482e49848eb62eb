/* Which program a task runs, as a small number introduced to the trace by a P record. */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <stdint.h>
#include <sys/types.h>

/* The program of a task; its P record is written before the number is returned. 0 when the task is gone. */
uint32_t program_of(pid_t task);

/* A task is about to execute another program: what is remembered of any task no longer counts. */
void programs_forget(pid_t task);

#endif
