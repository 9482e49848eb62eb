/* What contain tells its caller, in lines on descriptor 3. */
#ifndef STATUS_H
#define STATUS_H

#include <sys/types.h>

#include "text.h"

enum { STATUS_DESCRIPTOR = 3 };

/* `started PID` */
void status_started(pid_t process);

/* `failed CODE TEXT`, of the code and the text in one or apart. */
void status_failed(const char *code_and_text);
void status_failure(int code, const struct text *text);

/* `exit CODE` */
void status_exit(int code);

#endif
