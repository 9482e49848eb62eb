/* How the start of a container is told to its keeper: packets on a socket that closes when the program is executed. */
#ifndef REPORT_H
#define REPORT_H

#include <stddef.h>
#include <sys/types.h>

#include "text.h"

/* [0] is the keeper's, who learns from whom a packet is; 0, or -1 with errno. */
int report_open(int ends[2]);

/* The program is about to be executed. Waits until the keeper has a hold on the process; 0, or -1 when there is no keeper. */
int report_ready(int report);

/* It can't be, and why. */
void report_failure(int report, int code, const struct text *words);

struct packet {
	enum { PACKET_READY, PACKET_FAILURE, PACKET_END } kind;
	pid_t sender; /* in the reader's PID namespace */
	char line[8 * 1024]; /* PACKET_FAILURE: "CODE TEXT" */
};

/* The next packet; the end when there is none any more. */
void report_read(int report, struct packet *packet);

/* Lets the sender of PACKET_READY go on. */
void report_answer(int report);

#endif
