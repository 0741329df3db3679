/*
 * What agent and guard say to each other: frames of 48 bytes over a Unix stream socket, in the
 * machine's byte order. Each request is answered by one reply with its sequence number.
 *
 * Instants are absolute, in nanoseconds of CLOCK_BOOTTIME, which both processes share and which
 * goes on while the machine is suspended.
 *
 * A guard of another version lives on sockets of its own. Magic, length and RETIRE are the same
 * in all versions, so that an agent can send away a guard that it does not otherwise understand.
 */
#ifndef TAMADA_PROTOCOL_H
#define TAMADA_PROTOCOL_H

#include <stdint.h>

#define PROTOCOL_MAGIC 0x54474431u /* "TGD1" */
#define PROTOCOL_VERSION 1u
#define PROTOCOL_VERSION_TEXT "1"

enum request_type {
    REQUEST_STATE = 1,  /* only asks */
    REQUEST_ARM = 2,    /* the deadline, in place of any that was there */
    REQUEST_DISARM = 3, /* no deadline; also ends the vigil after one has passed */
    REQUEST_RETIRE = 9  /* no deadline, and the guard exits */
};

enum guard_state { STATE_DISARMED = 0, STATE_ARMED = 1, STATE_FIRED = 2 };

enum reply_flag { FLAG_MEMORY_LOCKED = 1, FLAG_REALTIME = 2 };

struct request {
    uint32_t magic;
    uint16_t version;
    uint16_t type;
    uint64_t sequence;
    int64_t quit_at;
    int64_t kill_at;
    int64_t reserved[2];
};

struct reply {
    uint32_t magic;
    uint16_t version;
    uint8_t state;
    uint8_t flags;
    uint64_t sequence;
    int64_t kill_at;         /* of the deadline in force or, after it has passed, of the last one */
    uint64_t kills;          /* processes that were sent SIGKILL, since the guard began */
    int64_t lateness;        /* first SIGKILL of the last firing, after its instant; -1 before */
    uint64_t directory_hash; /* of the data directory's path, FNV-1a */
};

_Static_assert(sizeof(struct request) == 48, "a request has 48 bytes");
_Static_assert(sizeof(struct reply) == 48, "a reply has 48 bytes");

#endif
