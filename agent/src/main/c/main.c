/*
 * tamada-guard DIRECTORY DATA_DIRECTORY
 *
 * Ends every process of a PostgreSQL instance when the deadline that its agent has given passes,
 * whatever has become of the agent. DIRECTORY is private to the user and holds socket, lock and
 * pid; DATA_DIRECTORY is the instance's, links resolved.
 *
 * Returns 0 once a guard listens in the background; 3 when another one does already; 1, with the
 * reason on standard error, when it cannot be. From then on it touches no file, writes no log,
 * allocates nothing, and ends only by SIGKILL, by a request to retire, when it has stood by
 * without a deadline and without an agent for some seconds, or when DIRECTORY was removed and
 * nothing of the instance is left.
 */
#define _GNU_SOURCE
#include "guard.h"
#include "instance.h"
#include "protocol.h"
#include "startup.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define CONNECTIONS 8
#define IDLE_NANOS 5000000000
#define IDLE_MILLIS 1000

#define TIMER 0
#define LISTENER 1
#define FIRST_CONNECTION 2

static struct pollfd polled[FIRST_CONNECTION + CONNECTIONS];
static struct {
    char bytes[sizeof(struct request)];
    size_t length;
} received[FIRST_CONNECTION + CONNECTIONS];

static uint64_t fnv1a(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char) *text) * 0x100000001b3u;
    }
    return hash;
}

static int is_same_user(int connection)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
           && peer.uid == geteuid();
}

static void welcome(void)
{
    int connection = accept4(polled[LISTENER].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0) {
        return;
    }
    for (int i = FIRST_CONNECTION; i < FIRST_CONNECTION + CONNECTIONS; i++) {
        if (polled[i].fd < 0 && is_same_user(connection)) {
            polled[i].fd = connection;
            polled[i].events = POLLIN;
            received[i].length = 0;
            return;
        }
    }
    close(connection);
}

static void hang_up(int i)
{
    close(polled[i].fd);
    polled[i].fd = -1;
    polled[i].revents = 0;
}

static void hear(int i)
{
    char *buffer = received[i].bytes;
    ssize_t count = recv(polled[i].fd, buffer + received[i].length,
                         sizeof(struct request) - received[i].length, 0);
    if (count <= 0) {
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            hang_up(i);
        }
        return;
    }
    received[i].length += (size_t) count;
    if (received[i].length < sizeof(struct request)) {
        return;
    }
    struct request request;
    struct reply reply;
    memcpy(&request, buffer, sizeof request);
    received[i].length = 0;
    if (request.magic != PROTOCOL_MAGIC
        || (request.version != PROTOCOL_VERSION && request.type != REQUEST_RETIRE)) {
        hang_up(i);
        return;
    }
    int stays = guard_serve(&request, &reply);
    ssize_t sent = send(polled[i].fd, &reply, sizeof reply, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (!stays) {
        unlink(SOCKET);
        _exit(0);
    }
    if (sent != (ssize_t) sizeof reply) {
        hang_up(i);
    }
}

static int is_alone(void)
{
    for (int i = FIRST_CONNECTION; i < FIRST_CONNECTION + CONNECTIONS; i++) {
        if (polled[i].fd >= 0) {
            return 0;
        }
    }
    return 1;
}

/* The kernel marks the name of a working directory that was removed; no disk is asked. */
static int is_homeless(void)
{
    static char path[PATH_MAX + 16];
    static const char mark[] = " (deleted)";
    ssize_t length = readlink("/proc/self/cwd", path, sizeof path - 1);
    ssize_t tail = (ssize_t) sizeof mark - 1;
    return length > tail && memcmp(path + length - tail, mark, (size_t) tail) == 0;
}

static void set_timer(void)
{
    static int64_t set;
    int64_t due = guard_due_at();
    if (due != set) {
        struct itimerspec when = {.it_value = {.tv_sec = due / 1000000000,
                                               .tv_nsec = due % 1000000000}};
        timerfd_settime(polled[TIMER].fd, TFD_TIMER_ABSTIME, &when, NULL);
        set = due;
    }
}

static void stand_guard(void)
{
    int64_t alone_since = boottime();
    for (;;) {
        guard_act();
        set_timer();
        int patience = guard_patience();
        if (is_alone()) {
            int over = !guard_is_bound() && boottime() - alone_since >= IDLE_NANOS;
            if (over || (guard_has_cleared() && is_homeless())) {
                unlink(SOCKET);
                return;
            }
            patience = patience < 0 ? IDLE_MILLIS : patience;
        } else {
            alone_since = boottime();
        }
        if (poll(polled, FIRST_CONNECTION + CONNECTIONS, patience) <= 0) {
            continue;
        }
        if (polled[TIMER].revents != 0) {
            uint64_t expirations;
            if (read(polled[TIMER].fd, &expirations, sizeof expirations) < 0) {
                expirations = 0;
            }
        }
        if (polled[LISTENER].revents != 0) {
            welcome();
        }
        for (int i = FIRST_CONNECTION; i < FIRST_CONNECTION + CONNECTIONS; i++) {
            if (polled[i].fd >= 0 && polled[i].revents != 0) {
                hear(i);
            }
        }
    }
}

int main(int count, char **arguments)
{
    if (count != 3 || arguments[2][0] != '/') {
        fprintf(stderr, "usage: tamada-guard DIRECTORY DATA_DIRECTORY\n");
        return 2;
    }
    startup_enter(arguments[1]);
    int ready = startup_leave_parent();
    startup_take_lock();
    if (instance_open(arguments[2]) != 0) {
        startup_fail("/proc");
    }
    for (int i = 0; i < FIRST_CONNECTION + CONNECTIONS; i++) {
        polled[i].fd = -1;
        polled[i].events = POLLIN;
    }
    polled[TIMER].fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (polled[TIMER].fd < 0) {
        startup_fail("timerfd");
    }
    polled[LISTENER].fd = startup_listen();
    startup_write_pid();
    startup_ignore_signals();
    guard_describe(fnv1a(arguments[2]), startup_protect());
    startup_tell_parent(ready);
    stand_guard();
    return 0;
}
