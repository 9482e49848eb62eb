/* Running where a container's programs could get at /proc/PID/exe of ours (CVE-2019-5736). */
#ifndef SEALED_H
#define SEALED_H

/* Executes the agent again from a copy in memory that nobody can change, and returns 0 in it; or an exit code after a message. */
int become_sealed(char **arguments);

#endif
