package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WhyTextTest {

    private static final Member B = Sights.member("b", MemberRole.PRIMARY);
    private static final Member C = Sights.member("c", MemberRole.REPLICA);
    private static final LeaderTerm.Turn WON =
            new LeaderTerm.Turn("T1", "E710", "nothing speaks against us", "a is gone");

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    private static LeaderTerm term(String leader, long epoch) {
        return new LeaderTerm(new MemberName(leader), epoch, 2, WON, null);
    }

    @Test
    void aDeadLeaderTheOneAfterItAndWhoMayBeNextAreExplained() throws Exception {
        String text =
                new WhyText(
                                "demo",
                                Sights.view("b", B, C),
                                List.of(term("a", 0), term("b", 1)),
                                Map.of(
                                        "b",
                                        json(
                                                """
                                                {"decision": {"rule": "L610",
                                                "sentence": "leading", "since": "T2"}}"""),
                                        "c",
                                        json(
                                                """
                                                {"why_not": "tag nofailover",
                                                "decision": {"rule": "F810"}}""")),
                                Map.of())
                        .of(null);

        assertThat(text)
                .contains(
                        "b leads demo since T1, on timeline 2.\n",
                        "It took the lead by E710: nothing speaks against us (a is gone)\n",
                        "Its present decision is L610: leading, since T2\n",
                        "Before, a led from T1, on timeline 2, by E710",
                        "It left no reason why that ended",
                        "  a: it is not among the members",
                        "  c: may not, because: tag nofailover [F810]\n",
                        "docs/rules.md");
    }

    @Test
    void whenNobodyLeadsEachMemberSaysWhatSpeaksAgainstIt() throws Exception {
        ClusterView view = Sights.view(null, B, C);
        LeaderTerm ended =
                term("b", 1).withEnded(new LeaderTerm.Turn("T3", "R540", "handing over", ""));
        WhyText why =
                new WhyText(
                        "demo",
                        view,
                        List.of(ended),
                        Map.of("b", json("{\"decision\": {\"rule\": \"E730\"}}")),
                        Map.of("c", "does not answer (refused)"));

        assertThat(why.of(null))
                .contains(
                        "Nobody leads demo.",
                        "That ended at T3 by R540: handing over\n",
                        "  b: nothing speaks against it\n",
                        "  c: it does not answer (refused); who does not answer cannot be elected");
        assertThat(why.of("c")).contains("c does not lead demo.", "To lead: it does not answer");
        assertThat(why.of("b")).contains("It led from T1", "That ended at T3");
    }

    private static LeaderTerm term(String leader, long epoch, String from, @Nullable String until) {
        return new LeaderTerm(
                new MemberName(leader),
                epoch,
                2,
                new LeaderTerm.Turn(from, "E710", "nothing speaks against us", ""),
                until == null
                        ? null
                        : new LeaderTerm.Turn(until, "F820", "another member leads", ""));
    }

    private static String why(ClusterView view, LeaderTerm... terms) {
        return new WhyText("demo", view, List.of(terms), Map.of(), Map.of()).of(null);
    }

    @Test
    void anEndThatWasWrittenAfterTheNextTermBeganIsNotTakenForTheTimeOfTheEnd() {
        String text =
                why(
                        Sights.view("b", B),
                        term("a", 0, "2026-03-01T12:00:00Z", "2026-03-01T14:57:51Z"),
                        term("b", 1, "2026-03-01T14:57:07Z", null));
        assertThat(text)
                .contains(
                        "That had ended when b took over at 2026-03-01T14:57:07Z; a noted it at"
                                + " 2026-03-01T14:57:51Z, when it came back or looked again, by F820: ")
                .doesNotContain("That ended at");
    }

    @Test
    void aPromotionWithinATermIsTold() {
        TimelineHistory history =
                new TimelineHistory(
                        List.of(
                                entry(1, "2026-03-01T12:00:00.5Z", "a"),
                                entry(2, "2026-03-01T14:57:08.123456789+00:00", "b"),
                                entry(3, "2026-03-01T14:59:25.123456789+00:00", "b")));
        String text =
                why(
                        Sights.view("b", history, B),
                        term("a", 0, "2026-03-01T12:00:00Z", "2026-03-01T14:57:00Z"),
                        term("b", 1, "2026-03-01T14:57:07Z", null));
        assertThat(text)
                .containsOnlyOnce("It was promoted anew")
                .contains("promoted anew at 2026-03-01T14:59:25.123Z (timeline 3 to 4)");
    }

    @Test
    void aClusterOfOneHasNobodyElse() {
        assertThat(why(Sights.view("b", B)))
                .contains("there is no other member")
                .doesNotContain("Who may lead next");
    }

    private static TimelineHistory.Entry entry(int timeline, String at, String newLeader) {
        return new TimelineHistory.Entry(
                new Timeline(timeline), new Lsn(timeline), "no recovery target", at, newLeader);
    }
}
