/*
 * What the guard knows and does: one deadline, and what follows when it passes.
 */
#ifndef TAMADA_GUARD_H
#define TAMADA_GUARD_H

#include "protocol.h"

#include <stdint.h>

/* Nanoseconds of CLOCK_BOOTTIME. */
int64_t boottime(void);

/*
 * What replies tell of this guard: whose it is, and what of its own protection has worked, as
 * reply flags.
 */
void guard_describe(uint64_t directory_hash, uint8_t flags);

/* Carries out a request and answers it. Returns 0 when the guard has to exit after the answer. */
int guard_serve(const struct request *request, struct reply *reply);

/* Does what is due. */
void guard_act(void);

/* Whether a deadline is there or has passed: the guard may not leave. */
int guard_is_bound(void);

/* Whether the deadline has passed and no process of the instance was left at the last look. */
int guard_has_cleared(void);

/* When something is due next by the clock; 0 when nothing is. */
int64_t guard_due_at(void);

/* How long to wait at most before `guard_act`, in milliseconds; -1 for no limit. */
int guard_patience(void);

#endif
