package io.tamada.chaos.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// What a test cluster is made of. Times are in whole seconds, as in the configuration.
///
/// @param parameters of PostgreSQL, beside the harness's own.
/// @param dcs more settings of `bootstrap.dcs`, a YAML value for each name.
/// @param local more settings of the node's section `postgresql`, a YAML value for each name.
/// @param bootstrap more settings of the section `bootstrap`, in the same way.
public record ClusterPlan(
        AgentProgram program,
        int nodes,
        int etcdMembers,
        int ttlSeconds,
        int loopWaitSeconds,
        int retryTimeoutSeconds,
        Map<String, String> parameters,
        SequencedMap<String, String> dcs,
        SequencedMap<String, String> local,
        SequencedMap<String, String> bootstrap) {

    public ClusterPlan {
        bootstrap = new LinkedHashMap<>(bootstrap);
        parameters = Map.copyOf(parameters);
        dcs = new LinkedHashMap<>(dcs);
        local = new LinkedHashMap<>(local);
    }

    /// Three nodes and one etcd on short times.
    public static ClusterPlan threeNodes() {
        var none = new LinkedHashMap<String, String>();
        return new ClusterPlan(AgentProgram.chosen(), 3, 1, 5, 1, 2, none, none, none, none);
    }

    public ClusterPlan withProgram(AgentProgram other) {
        return new ClusterPlan(
                other,
                nodes,
                etcdMembers,
                ttlSeconds,
                loopWaitSeconds,
                retryTimeoutSeconds,
                parameters,
                dcs,
                local,
                bootstrap);
    }

    public ClusterPlan withNodes(int count) {
        return new ClusterPlan(
                program,
                count,
                etcdMembers,
                ttlSeconds,
                loopWaitSeconds,
                retryTimeoutSeconds,
                parameters,
                dcs,
                local,
                bootstrap);
    }

    public ClusterPlan withEtcdMembers(int count) {
        return new ClusterPlan(
                program,
                nodes,
                count,
                ttlSeconds,
                loopWaitSeconds,
                retryTimeoutSeconds,
                parameters,
                dcs,
                local,
                bootstrap);
    }

    public ClusterPlan withTimes(int ttl, int loopWait, int retryTimeout) {
        return new ClusterPlan(
                program,
                nodes,
                etcdMembers,
                ttl,
                loopWait,
                retryTimeout,
                parameters,
                dcs,
                local,
                bootstrap);
    }

    public ClusterPlan withParameter(String name, String value) {
        return with(and(parameters, name, value), dcs, local);
    }

    /// @param value in YAML.
    public ClusterPlan withDcs(String name, String value) {
        return with(parameters, and(dcs, name, value), local);
    }

    /// @param value in YAML.
    public ClusterPlan withLocal(String name, String value) {
        return with(parameters, dcs, and(local, name, value));
    }

    /// @param value in YAML.
    public ClusterPlan withBootstrap(String name, String value) {
        return new ClusterPlan(
                program,
                nodes,
                etcdMembers,
                ttlSeconds,
                loopWaitSeconds,
                retryTimeoutSeconds,
                parameters,
                dcs,
                local,
                and(bootstrap, name, value));
    }

    private ClusterPlan with(
            Map<String, String> newParameters,
            SequencedMap<String, String> newDcs,
            SequencedMap<String, String> newLocal) {
        return new ClusterPlan(
                program,
                nodes,
                etcdMembers,
                ttlSeconds,
                loopWaitSeconds,
                retryTimeoutSeconds,
                newParameters,
                newDcs,
                newLocal,
                bootstrap);
    }

    private static SequencedMap<String, String> and(
            Map<String, String> before, String name, String value) {
        var more = new LinkedHashMap<>(before);
        more.put(name, value);
        return more;
    }
}
