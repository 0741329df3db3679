/*
 * How the guard becomes a process of its own. Whatever cannot be done ends the process, with the
 * reason on standard error.
 */
#ifndef TAMADA_STARTUP_H
#define TAMADA_STARTUP_H

#include "protocol.h"

#include <stdint.h>

#define SOCKET "socket." PROTOCOL_VERSION_TEXT

/* Says what has failed and why, and ends the process. */
void startup_fail(const char *what);

/* The directory becomes the working directory: a name within it fits into any socket address. */
void startup_enter(const char *directory);

/*
 * Goes on in a child with a session of its own; the parent waits until it listens. Returns what
 * `startup_tell_parent` wants.
 */
int startup_leave_parent(void);

/* Kept for life: the lock goes with the process. Exits with 3 where another guard has it. */
void startup_take_lock(void);

int startup_listen(void);
void startup_write_pid(void);
void startup_ignore_signals(void);

/* As far as the user's rights reach. Returns what has worked, as reply flags. */
uint8_t startup_protect(void);

/* The guard stands; the parent may go. */
void startup_tell_parent(int ready);

#endif
