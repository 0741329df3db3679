package io.tamada.dcs.grpc;

import io.tamada.dcs.grpc.EndpointNews.Trouble;
import io.tamada.dcs.kv.EtcdKv.Header;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which endpoint is asked: always the same one, until it fails. Then the next one that has no
/// fault on record.
final class Endpoints {

    private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);

    /// An endpoint that did not answer may be stopped or cut off; asking again costs a timeout.
    private static final Duration AVOID_SILENT = Duration.ofSeconds(10);

    /// An endpoint that refuses says so at once; asking again costs little.
    private static final Duration AVOID_REFUSING = Duration.ofSeconds(1);

    /// An endpoint that was left behind by its cluster catches up or does not.
    private static final Duration AVOID_STALE = Duration.ofSeconds(5);

    private final List<Endpoint> ring;
    private final EndpointNews news;
    private volatile int current;
    private long clusterId;
    private long highestTerm;

    /// @param news what other connections to the same etcd have told of it.
    Endpoints(List<Endpoint> ring, EndpointNews news) {
        this.ring = List.copyOf(ring);
        this.news = news;
    }

    int count() {
        return ring.size();
    }

    /// The endpoint to ask next, or null when all have been asked.
    @Nullable Endpoint next(Set<Endpoint> asked) {
        Endpoint best = null;
        for (int i = 0; i < ring.size(); i++) {
            Endpoint endpoint = ring.get((current + i) % ring.size());
            if (asked.contains(endpoint)) {
                continue;
            }
            if (!endpoint.isAvoided()) {
                return endpoint;
            }
            if (best == null || endpoint.isBetterThan(best)) {
                best = endpoint;
            }
        }
        return best;
    }

    /// The endpoint has answered well: it is asked first from now on.
    void settleOn(Endpoint endpoint) {
        news.isOver(this, endpoint.address());
        int index = ring.indexOf(endpoint);
        if (index != current) {
            if (news.isNewlyAsked(endpoint.address())) {
                LOG.info("etcd is now asked at {}", endpoint);
            }
            current = index;
        }
    }

    void silent(Endpoint endpoint, String reason) {
        endpoint.discard();
        failed(endpoint, AVOID_SILENT, reason);
    }

    void refusing(Endpoint endpoint, String reason) {
        failed(endpoint, AVOID_REFUSING, reason);
    }

    /// Said once, until the endpoint answers again.
    private void failed(Endpoint endpoint, Duration avoid, String reason) {
        if (isNews(endpoint, Trouble.SILENT)) {
            LOG.warn("etcd at {} does not answer: {}", endpoint, reason);
        }
        endpoint.avoidFor(avoid);
    }

    enum Verdict {
        CURRENT,
        /// The answer is of a lower term than one seen before.
        LEFT_BEHIND,
        OTHER_CLUSTER
    }

    /// Judges who has answered. The cluster that was met first is ours; another one is believed
    /// only when every endpoint has come to speak for it, because then etcd was made anew.
    synchronized Verdict judge(Endpoint endpoint, Header header) {
        endpoint.answeredFrom(header.clusterId());
        if (header.clusterId() != clusterId) {
            if (clusterId != 0 && !allSpeakFor(header.clusterId())) {
                if (isNews(endpoint, Trouble.OTHER_CLUSTER)) {
                    LOG.warn("etcd at {} belongs to another cluster than before", endpoint);
                }
                endpoint.avoidFor(AVOID_STALE);
                return Verdict.OTHER_CLUSTER;
            }
            if (clusterId != 0 && news.isNewCluster(header.clusterId())) {
                LOG.warn("all endpoints of etcd belong to another cluster than before");
            }
            clusterId = header.clusterId();
            highestTerm = 0;
        }
        if (header.raftTerm() < highestTerm) {
            if (isNews(endpoint, Trouble.LEFT_BEHIND)) {
                LOG.warn(
                        "etcd at {} is left behind in term {}, the cluster is in term {}",
                        endpoint,
                        header.raftTerm(),
                        highestTerm);
            }
            endpoint.avoidFor(AVOID_STALE);
            return Verdict.LEFT_BEHIND;
        }
        highestTerm = header.raftTerm();
        return Verdict.CURRENT;
    }

    private boolean isNews(Endpoint endpoint, Trouble trouble) {
        return news.isNews(this, endpoint.address(), trouble);
    }

    private boolean allSpeakFor(long cluster) {
        for (Endpoint endpoint : ring) {
            if (endpoint.clusterId() != cluster) {
                return false;
            }
        }
        return true;
    }

    void discardAll() {
        for (Endpoint endpoint : ring) {
            endpoint.discard();
        }
    }
}
