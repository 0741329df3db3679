package io.tamada.chaos.cluster;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a test cluster is made of. Times are in whole seconds, as in the configuration.
///
/// @param parameters of PostgreSQL, beside the harness's own.
public record ClusterPlan(
        AgentProgram program,
        int nodes,
        int etcdMembers,
        int ttlSeconds,
        int loopWaitSeconds,
        int retryTimeoutSeconds,
        Map<String, String> parameters) {

    public ClusterPlan {
        parameters = Map.copyOf(parameters);
    }

    /// Three nodes and one etcd on short times.
    public static ClusterPlan threeNodes() {
        return new ClusterPlan(AgentProgram.chosen(), 3, 1, 5, 1, 2, Map.of());
    }

    public ClusterPlan withProgram(AgentProgram other) {
        return new ClusterPlan(
                other,
                nodes,
                etcdMembers,
                ttlSeconds,
                loopWaitSeconds,
                retryTimeoutSeconds,
                parameters);
    }

    public ClusterPlan withNodes(int count) {
        return new ClusterPlan(
                program,
                count,
                etcdMembers,
                ttlSeconds,
                loopWaitSeconds,
                retryTimeoutSeconds,
                parameters);
    }

    public ClusterPlan withEtcdMembers(int count) {
        return new ClusterPlan(
                program,
                nodes,
                count,
                ttlSeconds,
                loopWaitSeconds,
                retryTimeoutSeconds,
                parameters);
    }

    public ClusterPlan withTimes(int ttl, int loopWait, int retryTimeout) {
        return new ClusterPlan(
                program, nodes, etcdMembers, ttl, loopWait, retryTimeout, parameters);
    }

    public ClusterPlan withParameter(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new ClusterPlan(
                program,
                nodes,
                etcdMembers,
                ttlSeconds,
                loopWaitSeconds,
                retryTimeoutSeconds,
                more);
    }
}
