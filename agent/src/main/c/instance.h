/*
 * Every process of one PostgreSQL instance: executable `postgres`, working directory the data
 * directory. Each of them is a process group of its own and may outlive its postmaster, so
 * nothing but /proc tells them. /proc is memory: no disk is asked.
 */
#ifndef TAMADA_INSTANCE_H
#define TAMADA_INSTANCE_H

#include <stdint.h>

/* Returns 0, or -1 with errno set. The path has to stay where it is. */
int instance_open(const char *data_directory);

/*
 * Looks once at every process and sends the signal to those of the instance.
 *
 * Returns how many there were, the dying included; zombies run no more and do not count. `fresh`
 * is increased by those that the look before did not show.
 */
int instance_signal(int signal_number, uint64_t *fresh);

#endif
