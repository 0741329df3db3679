package io.tamada.chaos.simulation;

import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import io.tamada.core.port.PeerProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Questions to the other agents' REST, all at once. They answer from their last probe, which
/// may be a second old.
final class SimPeers implements PeerProbe {

    private final World world;
    private final Node node;
    private final Agent agent;

    SimPeers(World world, Node node, Agent agent) {
        this.world = world;
        this.node = node;
        this.agent = agent;
    }

    private static final class Round {
        final @Nullable PeerReport[] reports;
        int missing;

        Round(int size) {
            reports = new PeerReport[size];
            missing = size;
        }
    }

    @Override
    public List<PeerReport> ask(List<Member> members, Duration timeout) {
        agent.stallMaybe();
        if (members.isEmpty()) {
            return List.of();
        }
        SimProcess process = agent.process();
        Round round = new Round(members.size());
        long token = process.beginWait();
        for (int i = 0; i < members.size(); i++) {
            send(members.get(i), i, round, process, token);
        }
        process.await(token, node.clock().trueNanosOf(timeout));
        List<PeerReport> reports = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            PeerReport report = round.reports[i];
            reports.add(
                    report != null
                            ? report
                            : new PeerReport.Unreachable(members.get(i).name(), "no answer"));
        }
        world.trace().line(node.name(), "peers", describe(reports));
        return reports;
    }

    private void send(Member member, int place, Round round, SimProcess process, long token) {
        Node peer = world.node(member.name());
        long there = world.network().delayNanos(node.index(), peer.index());
        if (there == SimNetwork.LOST) {
            return;
        }
        // The server is asked anew for every question: a round trip on its machine.
        world.scheduler()
                .after(
                        there + agent.moment(),
                        () -> {
                            PeerReport report = answer(peer, member);
                            long back = world.network().delayNanos(peer.index(), node.index());
                            if (report != null && back != SimNetwork.LOST) {
                                world.scheduler()
                                        .after(
                                                back,
                                                () ->
                                                        arrived(
                                                                report, place, round, process,
                                                                token));
                            }
                        });
    }

    private static void arrived(
            PeerReport report, int place, Round round, SimProcess process, long token) {
        round.reports[place] = report;
        round.missing--;
        if (round.missing == 0) {
            process.finish(token);
        }
    }

    private static @Nullable PeerReport answer(Node peer, Member member) {
        Agent agent = peer.agent();
        if (agent == null || agent.process().isStopped()) {
            return null;
        }
        Agent.Health status = peer.instance().health();
        if (status == null && peer.instance().hasNoData()) {
            return new PeerReport.WithoutData(member.name());
        }
        return status == null
                ? new PeerReport.Unreachable(member.name(), "its server does not answer")
                : new PeerReport.Answered(
                        member.name(),
                        !status.inRecovery(),
                        status.timeline(),
                        status.position(),
                        peer.tags(),
                        false);
    }

    private static String describe(List<PeerReport> reports) {
        StringBuilder text = new StringBuilder();
        for (PeerReport report : reports) {
            text.append(report.name())
                    .append(
                            report instanceof PeerReport.Answered a
                                    ? (a.runsAsPrimary() ? " primary " : " standby ")
                                            + a.timeline()
                                            + "/"
                                            + a.position()
                                            + "; "
                                    : " unreachable; ");
        }
        return text.toString();
    }
}
