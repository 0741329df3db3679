package io.tamada.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.decision.RuleId;
import io.tamada.core.member.Member;
import io.tamada.core.wal.TimelineHistory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Why things are as they are, in sentences.
///
/// @param said what each member answers to `/why`.
/// @param silent why it does not, of each member that does not.
record WhyText(
        String scope,
        ClusterView view,
        List<LeaderTerm> terms,
        Map<String, JsonNode> said,
        Map<String, String> silent) {

    /// The rules by which a standby takes the lead: a promotion follows.
    private static final Set<String> PROMOTING =
            Set.of(RuleId.RACE_WON_BY_RIGHT.code(), RuleId.REQUESTED_TAKES_OVER.code());

    private static final String RULES = "The rules by their codes: docs/rules.md\n";

    /// @param only the member that is asked about; null for the cluster.
    String of(@Nullable String only) {
        StringBuilder text = new StringBuilder();
        if (only == null) {
            leader(text);
            lastChange(text);
            next(text);
        } else {
            member(text, only);
        }
        return text.append('\n').append(RULES).toString();
    }

    private void next(StringBuilder text) {
        SortedSet<String> others = names();
        if (view.leader() != null) {
            others.remove(view.leader().name().value());
        }
        if (others.isEmpty()) {
            text.append("\nNobody else may lead next: there is no other member.\n");
            return;
        }
        text.append("\nWho may lead next:\n");
        for (String name : others) {
            text.append("  ").append(name).append(": ").append(mayLead(name)).append('\n');
        }
    }

    private SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        view.members().forEach(member -> names.add(member.name().value()));
        terms.forEach(term -> names.add(term.leader().value()));
        return names;
    }

    private @Nullable LeaderTerm termInForce() {
        LeaderKey key = view.leader();
        if (key == null) {
            return null;
        }
        return terms.stream()
                .filter(term -> term.epoch() == key.createRevision())
                .findFirst()
                .orElse(null);
    }

    private void leader(StringBuilder text) {
        LeaderKey key = view.leader();
        if (key == null) {
            text.append("Nobody leads ").append(scope).append(".\n");
            return;
        }
        LeaderTerm term = termInForce();
        text.append(key.name()).append(" leads ").append(scope);
        if (term == null) {
            text.append("; it has left no record of how it came to (a Patroni leaves none).\n");
        } else {
            text.append(
                    " since %s, on timeline %d.\n".formatted(term.began().at(), timeline(term)));
            text.append("  It took the lead by ").append(rule(term.began())).append('\n');
            promotedAnew(text, term);
        }
        now(text, key.name().value());
    }

    private int timeline(LeaderTerm term) {
        Member member = view.leaderMember();
        return member != null && member.timeline() != null
                ? Math.max(member.timeline().id(), term.timeline())
                : term.timeline();
    }

    private void now(StringBuilder text, String name) {
        JsonNode answer = said.get(name);
        if (answer == null) {
            text.append("  It ").append(silence(name)).append(".\n");
            return;
        }
        JsonNode decision = answer.path("decision");
        text.append("  Its present decision is ")
                .append(decision.path("rule").asText())
                .append(": ")
                .append(decision.path("sentence").asText());
        if (decision.has("because")) {
            text.append(" (").append(decision.path("because").asText()).append(')');
        }
        if (decision.has("since")) {
            text.append(", since ").append(Moment.shortened(decision.path("since").asText()));
        }
        text.append('\n');
        if (answer.has("store_failure")) {
            text.append("  etcd does not answer it: ")
                    .append(answer.path("store_failure").asText())
                    .append('\n');
        }
    }

    private void lastChange(StringBuilder text) {
        LeaderTerm current = termInForce();
        LeaderTerm before = null;
        for (LeaderTerm term : terms) {
            before = current == null || term.epoch() < current.epoch() ? term : before;
        }
        if (before == null) {
            text.append(
                    terms.isEmpty()
                            ? "\nNo change of leader is on record.\n"
                            : "\nNobody has led before it, as far as is on record.\n");
            return;
        }
        text.append(
                "\nBefore, %s led from %s, on timeline %d, by %s\n"
                        .formatted(
                                before.leader(),
                                before.began().at(),
                                before.timeline(),
                                rule(before.began())));
        text.append("  ").append(end(before)).append('\n');
    }

    private String end(LeaderTerm term) {
        LeaderTerm.Turn ended = term.ended();
        if (ended == null) {
            return "It left no reason why that ended: its lease ran out, or was taken, while it could"
                    + " not write to etcd (it died, hung or was cut off).";
        }
        LeaderTerm next =
                terms.stream()
                        .filter(other -> other.epoch() > term.epoch())
                        .findFirst()
                        .orElse(null);
        return next != null && Moment.isBefore(next.began().at(), ended.at())
                ? "That had ended when %s took over at %s; %s noted it at %s, when it came back or looked again, by %s"
                        .formatted(
                                next.leader(),
                                next.began().at(),
                                term.leader(),
                                ended.at(),
                                rule(ended))
                : "That ended at %s by %s".formatted(ended.at(), rule(ended));
    }

    /// Promotions of this term besides the one that it began with: each was an outage of writes.
    private void promotedAnew(StringBuilder text, LeaderTerm term) {
        boolean beganByPromotion = PROMOTING.contains(term.began().rule());
        for (TimelineHistory.Entry entry : view.history().entries()) {
            String at = entry.at();
            if (at == null
                    || !term.leader().value().equals(entry.newLeader())
                    || Moment.isBefore(at, term.began().at())) {
                continue;
            }
            if (beganByPromotion) {
                beganByPromotion = false;
                continue;
            }
            text.append(
                    "  It was promoted anew at %s (timeline %d to %d), after its server had ended: tamada events %s\n"
                            .formatted(
                                    Moment.shortened(at),
                                    entry.timeline().id(),
                                    entry.timeline().id() + 1,
                                    term.leader()));
        }
    }

    private static String rule(LeaderTerm.Turn turn) {
        return turn.rule() + ": " + LeaderHistory.reason(turn);
    }

    private void member(StringBuilder text, String name) {
        boolean leads = view.leader() != null && view.leader().name().value().equals(name);
        if (leads) {
            leader(text);
        } else {
            text.append(name).append(" does not lead ").append(scope).append(".\n");
            now(text, name);
            text.append("  To lead: ").append(mayLead(name)).append('\n');
        }
        LeaderTerm last = null;
        for (LeaderTerm term : terms) {
            boolean current = leads && term.equals(termInForce());
            last = !current && term.leader().value().equals(name) ? term : last;
        }
        if (last != null) {
            text.append(
                    "\nIt led %sfrom %s, on timeline %d, by %s\n  %s\n"
                            .formatted(
                                    leads ? "before, " : "",
                                    last.began().at(),
                                    last.timeline(),
                                    rule(last.began()),
                                    end(last)));
        }
    }

    private String mayLead(String name) {
        JsonNode answer = said.get(name);
        if (answer == null) {
            return "it " + silence(name) + "; who does not answer cannot be elected";
        }
        if (answer.has("why_not")) {
            return "may not, because: %s [%s]"
                    .formatted(
                            answer.path("why_not").asText(),
                            answer.path("decision").path("rule").asText());
        }
        return "nothing speaks against it";
    }

    private String silence(String name) {
        return silent.getOrDefault(
                name, "is not among the members: its agent does not run, or has lost etcd");
    }
}
