package io.tamada.chaos.simulation;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.decision.RuleId;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A node: its machine, its clock, its instance, and the agent's present life.
final class Node {

    private static final long SECOND = 1_000_000_000;
    private static final long SUPERVISOR_PAUSE = SECOND;
    private static final long OPERATOR_PAUSE = 10 * SECOND;

    private final int index;
    private final World world;
    private final SimClock clock;
    private final SplittableRandom random;
    private final Machine machine;
    private final SimInstance instance;
    private final Maintenance maintenance;
    private MemberTags tags;
    private long tagsChangedAtNanos;
    private @Nullable Agent agent;
    private @Nullable SimGuard guard;
    private long guardStartedAtNanos;
    private boolean guardIsBroken;
    private boolean deaf;
    private @Nullable ClusterRecord record;
    private long agentResumedAtNanos = Long.MIN_VALUE;

    Node(int index, World world, SimClock clock, SplittableRandom random) {
        this.index = index;
        this.world = world;
        this.clock = clock;
        this.random = random;
        this.maintenance = new Maintenance(world);
        this.tags = world.options().cluster().tags(index);
        this.machine = new Machine(world.scheduler(), this::machineChanged);
        this.instance =
                new SimInstance(index, new MemberName(name()), world, machine, random.split());
        instance.onChange(this::serverChanged);
    }

    private void machineChanged() {
        world.touch();
        world.touchAfter(Excuses.AFTER_RESUME);
    }

    private void serverChanged() {
        if (agent != null) {
            agent.serverChanged();
        }
    }

    static String host(int index) {
        return "10.0.0." + (index + 1);
    }

    int index() {
        return index;
    }

    String name() {
        return "n" + (index + 1);
    }

    /// What stands in its configuration file.
    MemberTags tags() {
        return tags;
    }

    /// The file is edited, and the agent told to read it again.
    void retag(MemberTags now) {
        if (tags.neverLeads() != now.neverLeads()) {
            tagsChangedAtNanos = world.nowNanos();
        }
        tags = now;
        world.trace().line(name(), "tags", now.all().toString());
        if (agent != null) {
            agent.wake();
        }
    }

    /// Since when its tags have said whether it may lead what they say now.
    long tagsChangedAtNanos() {
        return tagsChangedAtNanos;
    }

    SimClock clock() {
        return clock;
    }

    Machine machine() {
        return machine;
    }

    SimInstance instance() {
        return instance;
    }

    /// The agent's record of its cluster, beside the data directory.
    @Nullable ClusterRecord record() {
        return record;
    }

    void record(ClusterRecord written) {
        record = written;
    }

    @Nullable Agent agent() {
        return agent;
    }

    long agentResumedAtNanos() {
        return agentResumedAtNanos;
    }

    void startAgent() {
        if (agent == null && machine.isUp()) {
            Agent next = new Agent(world, this, random.split());
            agent = next;
            maintenance.agentStarts();
            world.touchAfter(Excuses.adoptionBound());
            next.start();
        }
    }

    Maintenance maintenance() {
        return maintenance;
    }

    /// Whether the watch brings nothing: etcd has compacted it away, or its stream hangs.
    boolean isDeaf() {
        return deaf;
    }

    void deafen(boolean now) {
        deaf = now;
    }

    @Nullable SimGuard guard() {
        return guard;
    }

    /// Whether there is no guard, or one that was started after the server and has not heard of
    /// its deadline.
    boolean isUnguarded() {
        return guard == null
                || (!guard.isArmed() && guardStartedAtNanos >= instance.primaryBegunAtNanos());
    }

    /// @return false when there can be none just now.
    boolean startGuard() {
        if (guardIsBroken) {
            return false;
        }
        guard = new SimGuard(world, this, random.split());
        guardStartedAtNanos = world.nowNanos();
        return true;
    }

    /// SIGKILL to the guard; whoever finds it gone starts the next one.
    void killGuard() {
        if (guard != null) {
            guard.kill();
            guard = null;
            world.touch();
        }
    }

    /// No guard can be started until it is mended.
    void breakGuard(boolean broken) {
        guardIsBroken = broken;
        if (broken) {
            killGuard();
        }
    }

    /// SIGKILL to the agent alone; the server lives on.
    void killAgent() {
        if (agent != null) {
            agent.process().kill();
            agent = null;
            world.touch();
        }
    }

    void pauseAgent() {
        if (agent != null) {
            agent.process().pause();
            world.touch();
        }
    }

    void unpauseAgent() {
        if (agent != null && agent.process().isPaused()) {
            agentResumedAtNanos = world.nowNanos();
            agent.unpause();
            world.touchAfter(Excuses.AFTER_RESUME);
        }
    }

    /// The power goes.
    void crash() {
        killAgent();
        killGuard();
        instance.crash();
        machine.crash();
    }

    void boot() {
        if (!machine.isUp()) {
            machine.boot();
            startAgent();
        }
    }

    /// The agent has ended by itself: its supervisor starts it again. Where it refuses a
    /// directory of another cluster, an operator has to clear it away first.
    void agentExited(int code, @Nullable RuleId rule) {
        Agent ended = agent;
        agent = null;
        world.touch();
        world.report().agentExits++;
        if (rule == RuleId.FOREIGN_SYSTEM && ended != null) {
            machine.after(
                    OPERATOR_PAUSE,
                    () -> {
                        world.report().operatorWipes++;
                        instance.crash();
                        instance.wipe();
                        startAgent();
                    });
        } else {
            machine.after(code == 0 ? 3 * SECOND : SUPERVISOR_PAUSE, this::startAgent);
        }
    }
}
