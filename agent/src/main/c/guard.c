#define _GNU_SOURCE
#include "guard.h"

#include "instance.h"

#include <signal.h>
#include <string.h>
#include <time.h>

/*
 * Between two looks while processes are dying, and while none is left: then a look may take a
 * twentieth of a processor on a machine with many processes, and is never rarer than the longest.
 */
#define DYING_MILLIS 1
#define VIGIL_SHORTEST_MILLIS 20
#define VIGIL_LONGEST_MILLIS 100
#define VIGIL_SHARE 20

static enum guard_state state = STATE_DISARMED;
static int64_t quit_at;
static int64_t kill_at;
static int quit_sent;
static int left;
static int vigil_millis = VIGIL_SHORTEST_MILLIS;
static uint64_t kills;
static int64_t lateness = -1;
static uint64_t directory_hash;
static uint8_t protection;

int64_t boottime(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

void guard_describe(uint64_t hash, uint8_t flags)
{
    directory_hash = hash;
    protection = flags;
}

int guard_serve(const struct request *request, struct reply *reply)
{
    int stays = 1;
    switch (request->type) {
    case REQUEST_ARM:
        state = STATE_ARMED;
        quit_at = request->quit_at;
        kill_at = request->kill_at;
        quit_sent = 0;
        guard_act(); /* a deadline that has passed already is acted on before it is answered */
        break;
    case REQUEST_DISARM:
        state = STATE_DISARMED;
        break;
    case REQUEST_RETIRE:
        state = STATE_DISARMED;
        stays = 0;
        break;
    default:
        break;
    }
    memset(reply, 0, sizeof *reply);
    reply->magic = PROTOCOL_MAGIC;
    reply->version = PROTOCOL_VERSION;
    reply->state = (uint8_t) state;
    reply->flags = protection;
    reply->sequence = request->sequence;
    reply->kill_at = kill_at;
    reply->kills = kills;
    reply->lateness = lateness;
    reply->directory_hash = directory_hash;
    return stays;
}

static void strike(void)
{
    int64_t began = boottime();
    left = instance_signal(SIGKILL, &kills);
    int64_t wanted = (boottime() - began) * VIGIL_SHARE / 1000000;
    vigil_millis = wanted < VIGIL_SHORTEST_MILLIS  ? VIGIL_SHORTEST_MILLIS
                   : wanted > VIGIL_LONGEST_MILLIS ? VIGIL_LONGEST_MILLIS
                                                   : (int) wanted;
}

/*
 * SIGQUIT goes to every process: it makes a backend end at once, as the postmaster's own immediate
 * shutdown does, also where the postmaster is stopped and cannot pass it on.
 */
void guard_act(void)
{
    uint64_t ignored = 0;
    int64_t now = boottime();
    if (state == STATE_ARMED && now >= kill_at) {
        state = STATE_FIRED;
        lateness = now - kill_at;
        strike();
    } else if (state == STATE_FIRED) {
        strike();
    } else if (state == STATE_ARMED && now >= quit_at && !quit_sent) {
        quit_sent = 1;
        instance_signal(SIGQUIT, &ignored);
    }
}

int guard_is_bound(void)
{
    return state != STATE_DISARMED;
}

int guard_has_cleared(void)
{
    return state == STATE_FIRED && left == 0;
}

int64_t guard_due_at(void)
{
    if (state != STATE_ARMED) {
        return 0;
    }
    return quit_sent ? kill_at : (quit_at < kill_at ? quit_at : kill_at);
}

int guard_patience(void)
{
    return state == STATE_FIRED ? (left > 0 ? DYING_MILLIS : vigil_millis) : -1;
}
