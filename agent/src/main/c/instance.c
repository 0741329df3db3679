#define _GNU_SOURCE
#include "instance.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* Of Linux 5.3 and 5.1; the same on every architecture, and not in every C library's headers. */
#define CALL_PIDFD_SEND_SIGNAL 424
#define CALL_PIDFD_OPEN 434

#define DELETED " (deleted)"

/* More processes than this are found and signalled as well, and counted anew at each look. */
#define REMEMBERED 8192

struct directory_entry { /* linux_dirent64, see getdents64(2) */
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

static const char *data_directory;
static int proc = -1;

/* The pids of this look and of the one before, both ascending as /proc lists them. */
static pid_t seen[2][REMEMBERED];
static int seen_count[2];
static int current;

int instance_open(const char *path)
{
    data_directory = path;
    proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return proc < 0 ? -1 : 0;
}

/* The target of a link below /proc, without the mark of a file that is deleted; 0 when unknown. */
static size_t target(const char *pid, const char *link, char *buffer, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", pid, link);
    ssize_t length = readlinkat(proc, path, buffer, size - 1);
    if (length <= 0) {
        return 0;
    }
    size_t mark = strlen(DELETED);
    buffer[length] = '\0';
    if ((size_t) length > mark && strcmp(buffer + length - mark, DELETED) == 0) {
        length -= (ssize_t) mark;
        buffer[length] = '\0';
    }
    return (size_t) length;
}

/* After a package upgrade the old executable is deleted but runs on. */
static int belongs(const char *pid)
{
    static char path[PATH_MAX + sizeof DELETED];
    if (target(pid, "exe", path, sizeof path) == 0) {
        return 0;
    }
    const char *slash = strrchr(path, '/');
    if (slash == NULL || strcmp(slash + 1, "postgres") != 0) {
        return 0;
    }
    return target(pid, "cwd", path, sizeof path) != 0 && strcmp(path, data_directory) == 0;
}

/*
 * The descriptor pins the process while it is looked at again: the pid of one that has just ended
 * may be another's already.
 */
static void send_signal(const char *name, pid_t pid, int signal_number)
{
    int descriptor = (int) syscall(CALL_PIDFD_OPEN, pid, 0);
    if (descriptor < 0) {
        if (errno != ESRCH) { /* an old kernel, or no descriptor left */
            kill(pid, signal_number);
        }
        return;
    }
    if (belongs(name)
        && syscall(CALL_PIDFD_SEND_SIGNAL, descriptor, signal_number, NULL, 0) != 0
        && errno == ENOSYS) {
        kill(pid, signal_number);
    }
    close(descriptor);
}

static int was_seen_before(pid_t pid, int *position)
{
    int before = 1 - current;
    while (*position < seen_count[before] && seen[before][*position] < pid) {
        (*position)++;
    }
    return *position < seen_count[before] && seen[before][*position] == pid;
}

int instance_signal(int signal_number, uint64_t *fresh)
{
    static char entries[32 * 1024] __attribute__((aligned(8)));
    int found = 0;
    int position = 0;

    current = 1 - current;
    seen_count[current] = 0;
    if (lseek(proc, 0, SEEK_SET) != 0) {
        return 0;
    }
    for (;;) {
        long bytes = syscall(SYS_getdents64, proc, entries, sizeof entries);
        if (bytes <= 0) {
            return found;
        }
        for (long at = 0; at < bytes;) {
            struct directory_entry *entry = (struct directory_entry *) (entries + at);
            at += entry->length;
            if (entry->name[0] < '1' || entry->name[0] > '9' || !belongs(entry->name)) {
                continue;
            }
            pid_t pid = (pid_t) strtol(entry->name, NULL, 10);
            send_signal(entry->name, pid, signal_number);
            found++;
            if (!was_seen_before(pid, &position)) {
                (*fresh)++;
            }
            if (seen_count[current] < REMEMBERED) {
                seen[current][seen_count[current]++] = pid;
            }
        }
    }
}
