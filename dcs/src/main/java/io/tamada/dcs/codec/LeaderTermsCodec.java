package io.tamada.dcs.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.member.MemberName;
import io.tamada.dcs.kv.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The value of the `tamada/leaders` key: a list of terms, the newest last. What cannot be read is
/// left out.
public final class LeaderTermsCodec {

    private LeaderTermsCodec() {}

    public static Bytes encode(List<LeaderTerm> terms) {
        ArrayNode json = Json.array();
        for (LeaderTerm term : terms) {
            ObjectNode one = json.addObject();
            one.put("leader", term.leader().value());
            one.put("epoch", term.epoch());
            one.put("timeline", term.timeline());
            turn(one.putObject("began"), term.began());
            if (term.ended() != null) {
                turn(one.putObject("ended"), term.ended());
            }
        }
        return Json.write(json);
    }

    private static void turn(ObjectNode json, LeaderTerm.Turn turn) {
        json.put("at", turn.at());
        json.put("rule", turn.rule());
        json.put("sentence", turn.sentence());
        if (!turn.because().isEmpty()) {
            json.put("because", turn.because());
        }
    }

    public static List<LeaderTerm> decode(Bytes value) {
        List<LeaderTerm> terms = new ArrayList<>();
        if (Json.parse(value) instanceof ArrayNode list) {
            for (JsonNode one : list) {
                LeaderTerm term = term(one);
                if (term != null) {
                    terms.add(term);
                }
            }
        }
        return List.copyOf(terms);
    }

    private static @Nullable LeaderTerm term(JsonNode json) {
        String leader = Json.scalar(json, "leader");
        Long epoch = Json.whole(json, "epoch");
        Long timeline = Json.whole(json, "timeline");
        LeaderTerm.Turn began = turn(json.path("began"));
        if (leader == null
                || leader.isEmpty()
                || leader.indexOf('/') >= 0
                || epoch == null
                || began == null) {
            return null;
        }
        return new LeaderTerm(
                new MemberName(leader),
                epoch,
                timeline == null ? 0 : timeline.intValue(),
                began,
                turn(json.path("ended")));
    }

    private static LeaderTerm.@Nullable Turn turn(JsonNode json) {
        if (!json.isObject()) {
            return null;
        }
        return new LeaderTerm.Turn(
                json.path("at").asText(),
                json.path("rule").asText(),
                json.path("sentence").asText(),
                json.path("because").asText());
    }
}
