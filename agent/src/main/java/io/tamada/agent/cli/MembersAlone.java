package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tamada.agent.postgres.ClusterRecordFile;
import io.tamada.agent.postgres.PostgresSettings;
import io.tamada.agent.run.SettingsMapping;
import io.tamada.agent.settings.AgentSettings;
import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.FailsafeMembers;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.wal.TimelineHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A cluster without its store: the members that an agent has recorded beside its data, and what
/// these say. On the night when etcd is away that is all there is.
final class MembersAlone {

    private MembersAlone() {}

    /// The members that the agent of this node knows, itself among them; null where the file is no
    /// agent's.
    static @Nullable List<Member> of(StoreOptions store) {
        AgentSettings agent = store.agent();
        if (agent == null) {
            return null;
        }
        Map<String, String> urls = new TreeMap<>();
        ClusterRecord record =
                ClusterRecordFile.stored(
                        PostgresSettings.beside(agent.postgresql().dataDirectory()),
                        agent.scope(),
                        agent.name());
        if (record != null) {
            urls.putAll(record.members());
        }
        urls.put(agent.name().value(), SettingsMapping.profile(agent, "").apiUrl());
        List<Member> members = new ArrayList<>();
        urls.forEach((name, url) -> members.add(member(name, url)));
        return members;
    }

    /// What to do where that is not enough.
    static StoreOptions.Failure needsAgentsFile(StoreOptions.Failure failure) {
        return new StoreOptions.Failure(
                failure.code,
                failure.getMessage()
                        + "\nOn a node, -c with its agent's file asks the members without etcd;"
                        + " events --file reads its own disk.");
    }

    /// What stands above everything that is shown.
    static String header(StoreOptions.Failure failure) {
        return failure.getMessage()
                + "\nWhat follows is from the members that answer, and may be old. While etcd is away"
                + " nobody is elected.\n\n";
    }

    /// As if the store were there: the one of whom it is said that it leads, by itself first.
    ///
    /// @param said what members answer to `/why`.
    static ClusterView view(List<Member> members, Map<String, JsonNode> said) {
        return new ClusterView(
                0,
                new Initialization.Absent(),
                leader(said),
                members,
                ClusterConfig.DEFAULTS,
                TimelineHistory.EMPTY,
                0,
                ClusterStatus.EMPTY,
                null,
                0,
                null,
                FailsafeMembers.NONE,
                null);
    }

    /// Terms as a member shows them, of the one that shows the newest. They have no epoch there:
    /// their place in the list stands for it.
    static List<LeaderTerm> terms(Map<String, JsonNode> said) {
        JsonNode longest = null;
        String newest = "";
        for (JsonNode answer : said.values()) {
            JsonNode shown = answer.path("leaders");
            String last = shown.path(shown.size() - 1).at("/began/at").asText();
            if (longest == null || newest.compareTo(last) < 0) {
                longest = shown;
                newest = last;
            }
        }
        List<LeaderTerm> terms = new ArrayList<>();
        if (longest != null) {
            for (JsonNode term : longest) {
                terms.add(
                        new LeaderTerm(
                                new MemberName(term.path("leader").asText()),
                                terms.size() + 1,
                                term.path("timeline").asInt(),
                                turn(term.path("began")),
                                term.has("ended") ? turn(term.path("ended")) : null));
            }
        }
        return terms;
    }

    private static LeaderTerm.Turn turn(JsonNode turn) {
        return new LeaderTerm.Turn(
                turn.path("at").asText(),
                turn.path("rule").asText(),
                turn.path("sentence").asText(),
                turn.path("because").asText());
    }

    private static @Nullable LeaderKey leader(Map<String, JsonNode> said) {
        String leader = "";
        for (Map.Entry<String, JsonNode> answer : new TreeMap<>(said).entrySet()) {
            if (answer.getValue().path("leads").asBoolean()) {
                leader = answer.getKey();
                break;
            }
            leader = leader.isEmpty() ? answer.getValue().path("leader").asText() : leader;
        }
        if (leader.isEmpty()) {
            return null;
        }
        List<LeaderTerm> terms = terms(said);
        boolean inForce = !terms.isEmpty() && terms.getLast().leader().value().equals(leader);
        return new LeaderKey(new MemberName(leader), inForce ? terms.getLast().epoch() : 0, 0, 0);
    }

    private static Member member(String name, String url) {
        return new Member(
                new MemberName(name),
                "",
                url,
                MemberState.STOPPED,
                MemberRole.UNINITIALIZED,
                "",
                null,
                null,
                null,
                null,
                null,
                null,
                MemberTags.NONE,
                true,
                false,
                false);
    }
}
