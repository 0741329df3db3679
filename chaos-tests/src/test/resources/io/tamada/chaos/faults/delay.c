/*
 * Holds every packet of one netfilter queue for a fixed time, then lets it go: delay QUEUE MILLISECONDS.
 * Prints "bound" when it is ready. SIGTERM lets go what is held and ends it.
 */
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_HELD 65536

struct held {
    uint32_t id; /* as the kernel sent it, in network order */
    int64_t due; /* milliseconds of CLOCK_MONOTONIC */
};

static struct held ring[MOST_HELD];
static unsigned first, after;
static int netlink;
static uint16_t queue;
static volatile sig_atomic_t ended;

static void end(int signal) {
    (void)signal;
    ended = 1;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void tell(int type, int attribute, const void *value, size_t length) {
    struct {
        struct nlmsghdr header;
        struct nfgenmsg family;
        struct nlattr attribute;
        char value[64];
    } message;
    memset(&message, 0, sizeof message);
    message.header.nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type;
    message.header.nlmsg_flags = NLM_F_REQUEST;
    message.family.nfgen_family = AF_UNSPEC;
    message.family.version = NFNETLINK_V0;
    message.family.res_id = htons(queue);
    message.attribute.nla_type = attribute;
    message.attribute.nla_len = NLA_HDRLEN + length;
    memcpy(message.value, value, length);
    message.header.nlmsg_len =
        NLMSG_LENGTH(sizeof message.family) + NLA_ALIGN(NLA_HDRLEN + length);
    if (send(netlink, &message, message.header.nlmsg_len, 0) < 0) fail("send");
}

static void configure(void) {
    struct nfqnl_msg_config_cmd command;
    memset(&command, 0, sizeof command);
    command.command = NFQNL_CFG_CMD_BIND;
    command.pf = htons(AF_INET);
    tell(NFQNL_MSG_CONFIG, NFQA_CFG_CMD, &command, sizeof command);
    struct nfqnl_msg_config_params parameters;
    memset(&parameters, 0, sizeof parameters);
    parameters.copy_mode = NFQNL_COPY_META;
    tell(NFQNL_MSG_CONFIG, NFQA_CFG_PARAMS, &parameters, sizeof parameters);
    uint32_t most = htonl(MOST_HELD / 2);
    tell(NFQNL_MSG_CONFIG, NFQA_CFG_QUEUE_MAXLEN, &most, sizeof most);
}

static void let_go(int64_t until) {
    while (first != after && ring[first % MOST_HELD].due <= until) {
        struct nfqnl_msg_verdict_hdr verdict;
        verdict.verdict = htonl(NF_ACCEPT);
        verdict.id = ring[first % MOST_HELD].id;
        tell(NFQNL_MSG_VERDICT, NFQA_VERDICT_HDR, &verdict, sizeof verdict);
        first++;
    }
}

static void hold(struct nlmsghdr *message, int64_t due) {
    if (message->nlmsg_type == NLMSG_ERROR) {
        struct nlmsgerr *error = NLMSG_DATA(message);
        fprintf(stderr, "netlink: %s\n", strerror(-error->error));
        /* A packet that is gone already is no trouble; before the first one it is a refusal. */
        if (after == 0) exit(1);
        return;
    }
    int left = message->nlmsg_len - NLMSG_LENGTH(sizeof(struct nfgenmsg));
    struct nlattr *at =
        (struct nlattr *)((char *)NLMSG_DATA(message) + NLMSG_ALIGN(sizeof(struct nfgenmsg)));
    while (left >= (int)sizeof *at && at->nla_len >= sizeof *at && at->nla_len <= left) {
        if ((at->nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR) {
            struct nfqnl_msg_packet_hdr packet;
            memcpy(&packet, (char *)at + NLA_HDRLEN, sizeof packet);
            ring[after % MOST_HELD].id = packet.packet_id;
            ring[after % MOST_HELD].due = due;
            after++;
        }
        int step = NLA_ALIGN(at->nla_len);
        left -= step;
        at = (struct nlattr *)((char *)at + step);
    }
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "delay QUEUE MILLISECONDS\n");
        return 2;
    }
    queue = (uint16_t)atoi(arguments[1]);
    int64_t length = atoll(arguments[2]);
    signal(SIGTERM, end);
    netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    if (netlink < 0) fail("socket");
    configure();
    printf("bound\n");
    fflush(stdout);
    static char buffer[1 << 16];
    while (!ended) {
        int64_t wait = first == after ? 50 : ring[first % MOST_HELD].due - now();
        struct pollfd readable = {netlink, POLLIN, 0};
        if (poll(&readable, 1, wait < 0 ? 0 : wait > 50 ? 50 : (int)wait) > 0) {
            ssize_t length_read = recv(netlink, buffer, sizeof buffer, 0);
            int left = (int)length_read;
            for (struct nlmsghdr *message = (struct nlmsghdr *)buffer; NLMSG_OK(message, left);
                 message = NLMSG_NEXT(message, left)) {
                hold(message, now() + length);
            }
        }
        let_go(now());
    }
    let_go(INT64_MAX);
    return 0;
}
