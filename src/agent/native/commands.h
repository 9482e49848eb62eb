/* The agent's commands; each gets what follows its name and returns the exit code. */
#ifndef COMMANDS_H
#define COMMANDS_H

int command_trace(int argument_count, char **arguments);
int command_list(int argument_count, char **arguments);
int command_pack(int argument_count, char **arguments);
int command_hold(int argument_count, char **arguments);
int command_listening(int argument_count, char **arguments);
int command_relay(int argument_count, char **arguments);
int command_remove(int argument_count, char **arguments);
int command_unpack(int argument_count, char **arguments);
int command_contain(int argument_count, char **arguments);
int command_enter(int argument_count, char **arguments);
int command_in_userns(int argument_count, char **arguments);
int command_version(int argument_count, char **arguments);

/* Runs a command by its name, the first argument; its exit code, or EXIT_USAGE where there is none of that name. */
int run_command(int argument_count, char **arguments);

/* Says what is wrong with the command line and returns EXIT_USAGE. */
int usage(const char *problem);

#endif
