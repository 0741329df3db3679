#define _GNU_SOURCE
#include "startup.h"

#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOCK "lock." PROTOCOL_VERSION_TEXT
#define PID "pid." PROTOCOL_VERSION_TEXT

#define EXIT_ANOTHER_GUARD 3
#define BACKLOG 8

void startup_fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

void startup_enter(const char *directory)
{
    struct stat facts;
    umask(077);
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        startup_fail(directory);
    }
    if (chdir(directory) != 0 || lstat(".", &facts) != 0) {
        startup_fail(directory);
    }
    if (facts.st_uid != geteuid() || (facts.st_mode & 077) != 0) {
        fprintf(stderr, "%s has to belong to this user and be closed to all others\n", directory);
        exit(1);
    }
}

void startup_take_lock(void)
{
    int lock = open(LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) {
        startup_fail(LOCK);
    }
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            exit(EXIT_ANOTHER_GUARD);
        }
        startup_fail(LOCK);
    }
}

int startup_listen(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, SOCKET);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0) {
        startup_fail("socket");
    }
    unlink(SOCKET);
    if (bind(listener, (struct sockaddr *) &address, sizeof address) != 0
        || listen(listener, BACKLOG) != 0) {
        startup_fail(SOCKET);
    }
    return listener;
}

void startup_write_pid(void)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", (long) getpid());
    int file = open(PID, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, text, (size_t) length) != length || close(file) != 0) {
        startup_fail(PID);
    }
}

uint8_t startup_protect(void)
{
    uint8_t flags = 0;
    struct sched_param first = {.sched_priority = 1};
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        if (write(score, "-1000", 5) != 5) {
            errno = 0;
        }
        close(score);
    }
    if (sched_setscheduler(0, SCHED_FIFO, &first) == 0) {
        flags |= FLAG_REALTIME;
    } else {
        setpriority(PRIO_PROCESS, 0, -20);
    }
    if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0) {
        flags |= FLAG_MEMORY_LOCKED;
    }
    return flags;
}

void startup_ignore_signals(void)
{
    static const int ignored[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGPIPE, SIGUSR1,
                                  SIGUSR2, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        signal(ignored[i], SIG_IGN);
    }
}

int startup_leave_parent(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        startup_fail("pipe");
    }
    pid_t child = fork();
    if (child < 0) {
        startup_fail("fork");
    }
    if (child > 0) {
        char sign;
        int status = 0;
        close(ends[1]);
        if (read(ends[0], &sign, 1) == 1) {
            _exit(0);
        }
        waitpid(child, &status, 0);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    close(ends[0]);
    setsid();
    return ends[1];
}

void startup_tell_parent(int ready)
{
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0) {
        startup_fail("/dev/null");
    }
    if (null > 2) {
        close(null);
    }
    if (write(ready, "+", 1) != 1) {
        _exit(1); /* who started us is gone: it will start another */
    }
    close(ready);
}
