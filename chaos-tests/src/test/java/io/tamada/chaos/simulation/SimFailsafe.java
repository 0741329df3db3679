package io.tamada.chaos.simulation;

import io.tamada.core.failsafe.FailsafeAnswer;
import io.tamada.core.failsafe.FailsafeBoard;
import io.tamada.core.failsafe.FailsafeCall;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.FailsafePeers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// `POST /failsafe` to the other agents, all at once.
final class SimFailsafe implements FailsafePeers {

    private final World world;
    private final Node node;
    private final Agent agent;

    SimFailsafe(World world, Node node, Agent agent) {
        this.world = world;
        this.node = node;
        this.agent = agent;
    }

    private static final class Round {
        final List<String> names;
        final @Nullable FailsafeAnswer[] answers;
        int missing;

        Round(SortedMap<String, String> members) {
            names = List.copyOf(members.keySet());
            answers = new FailsafeAnswer[names.size()];
            missing = names.size();
        }
    }

    @Override
    public List<FailsafeAnswer> ask(
            FailsafeCall call, SortedMap<String, String> members, Duration timeout) {
        agent.stallMaybe();
        SimProcess process = agent.process();
        Round round = new Round(members);
        long token = process.beginWait();
        for (int i = 0; i < round.names.size(); i++) {
            send(call, i, round, process, token);
        }
        process.await(token, node.clock().trueNanosOf(timeout));
        List<FailsafeAnswer> answers = new ArrayList<>();
        for (int i = 0; i < round.names.size(); i++) {
            FailsafeAnswer answer = round.answers[i];
            answers.add(
                    answer == null
                            ? new FailsafeAnswer.Missing(round.names.get(i), "no answer")
                            : answer);
        }
        world.trace().line(node.name(), "failsafe", answers.toString());
        return answers;
    }

    private void send(FailsafeCall call, int place, Round round, SimProcess process, long token) {
        Node peer = world.node(new MemberName(round.names.get(place)));
        long there = world.network().delayNanos(node.index(), peer.index());
        if (there == SimNetwork.LOST) {
            return;
        }
        world.scheduler()
                .after(
                        there,
                        () -> {
                            FailsafeAnswer answer = answer(call, peer);
                            long back = world.network().delayNanos(peer.index(), node.index());
                            if (answer != null && back != SimNetwork.LOST) {
                                world.scheduler()
                                        .after(
                                                back,
                                                () -> {
                                                    round.answers[place] = answer;
                                                    round.missing--;
                                                    if (round.missing == 0) {
                                                        process.finish(token);
                                                    }
                                                });
                            }
                        });
    }

    private @Nullable FailsafeAnswer answer(FailsafeCall call, Node peer) {
        Agent asked = peer.agent();
        if (asked == null || asked.process().isStopped()) {
            return null;
        }
        Agent.Health status = asked.health();
        if (status != null && !status.inRecovery()) {
            return new FailsafeAnswer.Missing(peer.name(), "Running as a leader");
        }
        if (world.mutation() == Mutation.CONSENT_FORGOTTEN) {
            return new FailsafeAnswer.Accepted(peer.name(), null);
        }
        FailsafeBoard.Reply reply = asked.consent().ask(call.leader(), peer.clock().now());
        if (reply instanceof FailsafeBoard.Reply.Accepted(Duration ttl)) {
            asked.wake();
            return new FailsafeAnswer.Accepted(peer.name(), ttl);
        }
        return new FailsafeAnswer.Missing(peer.name(), reply.toString());
    }
}
