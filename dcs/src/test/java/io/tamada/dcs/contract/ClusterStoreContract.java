package io.tamada.dcs.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.core.cluster.ClusterStatus;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.ConfigChange;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.cluster.Initialization;
import io.tamada.core.cluster.LeaderKey;
import io.tamada.core.cluster.LeaderTerm;
import io.tamada.core.cluster.SyncState;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberRole;
import io.tamada.core.member.MemberState;
import io.tamada.core.member.MemberTags;
import io.tamada.core.port.ClusterStore;
import io.tamada.core.port.ClusterStore.AcquireOutcome;
import io.tamada.core.port.ClusterStore.ReadOutcome;
import io.tamada.core.port.ClusterStore.RenewOutcome;
import io.tamada.core.port.ClusterStore.WriteOutcome;
import io.tamada.core.port.TimeSource;
import io.tamada.core.time.Monotonic;
import io.tamada.core.wal.Lsn;
import io.tamada.core.wal.Timeline;
import io.tamada.core.wal.TimelineHistory;
import io.tamada.dcs.PatroniClusterStore;
import io.tamada.dcs.PatroniControlStore;
import io.tamada.dcs.contract.FaultyKv.Fault;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.EtcdKv.RangeAnswer;
import io.tamada.dcs.kv.EtcdKv.TxnAnswer;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the cluster store promises, over whatever etcd a subclass provides.
@SuppressWarnings("NullAway.Init")
public abstract class ClusterStoreContract {

    protected static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration OTHER_TTL = Duration.ofSeconds(8);
    private static final Duration SHORT_TTL = Duration.ofSeconds(2);
    private static final Duration IN_TIME = Duration.ofSeconds(5);
    private static final SystemIdentifier SYSTEM = new SystemIdentifier("7450000000000000001");
    private static final TimelineHistory HISTORY =
            new TimelineHistory(
                    List.of(
                            new TimelineHistory.Entry(
                                    Timeline.FIRST,
                                    new Lsn(25_000_000),
                                    "no recovery target specified",
                                    "2026-01-02T03:04:05+00:00",
                                    "b")));

    /// An etcd; each test uses a scope of its own in it.
    protected abstract EtcdKv etcd();

    /// The clock by which that etcd's leases are judged.
    protected abstract TimeSource clock();

    /// Lets so much time pass for etcd and its leases.
    protected abstract void pass(Duration duration);

    private String scope;
    private FaultyKv aKv;
    private ClusterStore a;
    private ClusterStore b;

    @BeforeEach
    void twoStores() {
        scope = "contract-" + Long.toHexString(clock().now().nanos());
        aKv = new FaultyKv(etcd());
        a = store(aKv, "a");
        b = store(etcd(), "b");
    }

    private ClusterStore store(EtcdKv kv, String name) {
        return new PatroniClusterStore(kv, clock(), "service", scope, new MemberName(name));
    }

    @Test
    void anEmptyPrefixIsAnEmptyView() {
        ReadOutcome.View seen = read(a);
        assertThat(seen.holdsLeaderKey()).isFalse();
        assertThat(seen.holdsInitialization()).isFalse();
        ClusterView view = seen.view();
        assertThat(view.initialization()).isEqualTo(new Initialization.Absent());
        assertThat(view.leader()).isNull();
        assertThat(view.members()).isEmpty();
        assertThat(view.config()).isNull();
    }

    @Test
    void whatIsPublishedIsWhatOthersRead() {
        Member member = member("a", MemberRole.PRIMARY);
        keepSession(a, TTL);
        done(a.publishMember(member, IN_TIME));
        assertThat(view(b).members()).containsExactly(member);
        assertThat(raw("members/a"))
                .hasValueSatisfying(
                        key -> {
                            assertThat(key.leaseId()).isNotZero();
                            assertThat(key.value().text())
                                    .startsWith("{\"conn_url\":\"postgres://a:5432/postgres\",");
                        });
    }

    @Test
    void whoHasLedIsWrittenByTheLeaderAloneAndReadByAll() {
        PatroniControlStore beside = new PatroniControlStore(etcd(), "service", scope);
        assertThat(terms(beside)).isEqualTo(new PatroniControlStore.Terms(List.of(), 0));
        keepSession(a, TTL);
        acquire(a);
        long epoch = Objects.requireNonNull(view(a).leader()).createRevision();
        LeaderTerm.Turn began = new LeaderTerm.Turn("2026-01-02T03:04:05.000Z", "E710", "s", "b");
        LeaderTerm term = new LeaderTerm(new MemberName("a"), epoch, 3, began, null);

        assertThat(beside.writeLeaderTerms(List.of(term), 0, epoch + 1, IN_TIME))
                .as("of another leader key")
                .isInstanceOf(WriteOutcome.Refused.class);
        done(beside.writeLeaderTerms(List.of(term), 0, epoch, IN_TIME));
        assertThat(beside.writeLeaderTerms(List.of(term), 0, epoch, IN_TIME))
                .as("over what others have written")
                .isInstanceOf(WriteOutcome.Refused.class);
        PatroniControlStore.Terms read = terms(beside);
        assertThat(read.all()).containsExactly(term);

        done(a.releaseLeadership(IN_TIME));
        assertThat(beside.writeLeaderTerms(List.of(term), read.revision(), epoch, IN_TIME))
                .as("of a leader that leads no more")
                .isInstanceOf(WriteOutcome.Refused.class);
        LeaderTerm ended = term.withEnded(new LeaderTerm.Turn("later", "R540", "gave up", ""));
        done(beside.writeLeaderTerms(List.of(ended), read.revision(), 0, IN_TIME));
        assertThat(terms(beside).all()).containsExactly(ended);
        assertThat(view(b).leader()).isNull();
        assertThat(raw("tamada/leaders").orElseThrow().leaseId()).isZero();
    }

    private static PatroniControlStore.Terms terms(PatroniControlStore store) {
        return Objects.requireNonNull(store.leaderTerms(IN_TIME));
    }

    @Test
    void aChangeOfTheConfigurationAndItsHistoryAreOneStep() {
        PatroniControlStore beside = new PatroniControlStore(etcd(), "service", scope);
        Author alice = new Author("alice@ops1", "PATCH /config", 0);
        done(beside.putConfig("{\"ttl\":30}", alice, IN_TIME));
        long revision = raw("config").orElseThrow().modRevision();
        assertThat(raw("tamada/config_history").orElseThrow().modRevision()).isEqualTo(revision);
        done(beside.replaceConfig("{\"ttl\":20}", revision, alice, IN_TIME));
        assertThat(beside.replaceConfig("{\"ttl\":25}", revision, alice, IN_TIME))
                .as("over what has changed meanwhile")
                .isInstanceOf(WriteOutcome.Refused.class);
        assertThat(changes(beside))
                .containsExactly("alice@ops1 ttl null 30", "alice@ops1 ttl 30 20");
        assertThat(raw("config").orElseThrow().value().text()).isEqualTo("{\"ttl\":20}");
        assertThat(view(a).config()).isNotNull();
    }

    @Test
    void aChangeThatWasMadeAnotherWayIsNotedByTheLeaderOrByTheNextChange() {
        PatroniControlStore beside = new PatroniControlStore(etcd(), "service", scope);
        tamper(put("config", "{\"ttl\":30}"));
        assertThat(Objects.requireNonNull(beside.noteConfig(Instant.EPOCH, IN_TIME)).changes())
                .as("a history begins with what is there")
                .isEmpty();
        tamper(put("config", "{\"ttl\":40}"));
        Objects.requireNonNull(beside.noteConfig(Instant.EPOCH, IN_TIME));
        long written = raw("tamada/config_history").orElseThrow().modRevision();
        Objects.requireNonNull(beside.noteConfig(Instant.EPOCH, IN_TIME));
        assertThat(raw("tamada/config_history").orElseThrow().modRevision())
                .as("what is known is not written again")
                .isEqualTo(written);

        tamper(put("config", "{\"ttl\":50}"));
        long revision = raw("config").orElseThrow().modRevision();
        Author alice = new Author("alice@ops1", "PATCH /config", 0);
        done(beside.replaceConfig("{\"ttl\":60}", revision, alice, IN_TIME));
        assertThat(changes(beside))
                .containsExactly("unknown ttl 30 40", "unknown ttl 40 50", "alice@ops1 ttl 50 60");
        tamper(put("tamada/config_history", "no history"));
        done(beside.putConfig("{\"ttl\":70}", alice, IN_TIME));
        assertThat(changes(beside)).containsExactly("alice@ops1 ttl 60 70");
    }

    private static List<String> changes(PatroniControlStore store) {
        return Objects.requireNonNull(store.configHistory(IN_TIME)).changes().stream()
                .map(
                        change -> {
                            ConfigChange.Setting only = change.settings().getFirst();
                            return "%s %s %s %s"
                                    .formatted(change.by(), only.path(), only.from(), only.to());
                        })
                .toList();
    }

    @Test
    void anUnchangedMemberIsNotWrittenAgain() {
        Member member = member("a", MemberRole.REPLICA);
        keepSession(a, TTL);
        done(a.publishMember(member, IN_TIME));
        int before = aKv.txns();
        done(a.publishMember(member, IN_TIME));
        read(a);
        done(a.publishMember(member, IN_TIME));
        assertThat(aKv.txns()).isEqualTo(before);
    }

    @Test
    void aMemberKeyThatSomebodyDeletedIsWrittenAgain() {
        Member member = member("a", MemberRole.REPLICA);
        keepSession(a, TTL);
        done(a.publishMember(member, IN_TIME));
        tamper(new Txn.Op.Delete(key("members/a")));
        read(a);
        done(a.publishMember(member, IN_TIME));
        assertThat(view(b).members()).containsExactly(member);
    }

    @Test
    void aMemberMovesToTheNewLeaseWhenTheTtlChanges() {
        Member member = member("a", MemberRole.REPLICA);
        keepSession(a, TTL);
        done(a.publishMember(member, IN_TIME));
        long before = raw("members/a").orElseThrow().leaseId();
        keepSession(a, OTHER_TTL);
        done(a.publishMember(member, IN_TIME));
        assertThat(raw("members/a").orElseThrow().leaseId()).isNotEqualTo(before);
    }

    @Test
    void aMemberThatDoesNotRenewIsGone() {
        keepSession(a, SHORT_TTL);
        done(a.publishMember(member("a", MemberRole.REPLICA), IN_TIME));
        pass(SHORT_TTL.plusMillis(1500));
        assertThat(view(b).members()).isEmpty();
        keepSession(a, SHORT_TTL);
        read(a);
        done(a.publishMember(member("a", MemberRole.REPLICA), IN_TIME));
        assertThat(view(b).members()).hasSize(1);
    }

    @Test
    void onlyOneWinsTheLeaderKey() {
        ClusterView seen = view(a);
        Monotonic before = clock().now();
        AcquireOutcome won = a.acquireLeadership(seen, TTL, IN_TIME);
        assertThat(won)
                .isInstanceOfSatisfying(
                        AcquireOutcome.Acquired.class,
                        acquired -> {
                            assertThat(acquired.ttl()).isEqualTo(TTL);
                            assertThat(acquired.sentAt().isAtOrAfter(before)).isTrue();
                            assertThat(acquired.sentAt().isAtOrAfter(clock().now().plus(IN_TIME)))
                                    .isFalse();
                        });
        assertThat(b.acquireLeadership(seen, TTL, IN_TIME))
                .isEqualTo(new AcquireOutcome.Refused("the leader is a"));
        assertThat(read(a).holdsLeaderKey()).isTrue();
        assertThat(read(b).holdsLeaderKey()).isFalse();
        assertThat(leader(b).name()).isEqualTo(new MemberName("a"));
    }

    @Test
    void theLeaderKeyIsNotWonPastAnotherHistory() {
        ClusterView stale = view(a);
        acquire(b);
        done(b.writeHistory(HISTORY, IN_TIME));
        done(b.releaseLeadership(IN_TIME));
        assertThat(a.acquireLeadership(stale, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Refused.class);
        acquire(a);
    }

    @Test
    void theLeaderKeyIsNotWonForAnotherSystem() {
        ClusterView stale = view(a);
        tamper(put("initialize", SYSTEM.value()));
        assertThat(a.acquireLeadership(stale, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Refused.class);
        ClusterView seen = view(a);
        tamper(put("initialize", "7450000000000000002"));
        assertThat(a.acquireLeadership(seen, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Refused.class);
    }

    @Test
    void aRenewalIsProvenAndCountsFromItsSending() {
        acquire(a);
        Monotonic before = clock().now();
        RenewOutcome renewed = a.renewLeadership(TTL, IN_TIME);
        assertThat(renewed)
                .isInstanceOfSatisfying(
                        RenewOutcome.Renewed.class,
                        proof -> {
                            assertThat(proof.sentAt().isAtOrAfter(before)).isTrue();
                            assertThat(proof.ttl()).isEqualTo(TTL);
                        });
    }

    @Test
    void aRenewalCostsOneReading() {
        acquire(a);
        int before = aKv.ranges();
        renewed(a, TTL);
        assertThat(aKv.ranges() - before).isEqualTo(1);
    }

    @Test
    void renewingKeepsTheLeaseBeyondItsTtl() {
        AcquireOutcome won = a.acquireLeadership(view(a), SHORT_TTL, IN_TIME);
        assertThat(won).isInstanceOf(AcquireOutcome.Acquired.class);
        for (int i = 0; i < 4; i++) {
            pass(Duration.ofSeconds(1));
            renewed(a, SHORT_TTL);
        }
        assertThat(read(a).holdsLeaderKey()).isTrue();
    }

    @Test
    void aLeaseThatRanOutIsLeadershipLost() {
        assertThat(a.acquireLeadership(view(a), SHORT_TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Acquired.class);
        pass(SHORT_TTL.plusMillis(1500));
        assertThat(view(b).leader()).isNull();
        assertThat(a.renewLeadership(SHORT_TTL, IN_TIME)).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(a.writeStatus(ClusterStatus.EMPTY, IN_TIME))
                .isInstanceOf(WriteOutcome.Refused.class);
        acquire(a);
    }

    @Test
    void aKeepaliveOfAnotherTermProvesNothing() {
        acquire(a);
        aKv.shiftTermOfKeepAlives(-1);
        assertThat(a.renewLeadership(TTL, IN_TIME)).isInstanceOf(RenewOutcome.Unknown.class);
        aKv.shiftTermOfKeepAlives(0);
        renewed(a, TTL);
    }

    @Test
    void aLeaseOfAnotherTermIsNotProvenByWinningTheKey() {
        keepSession(a, TTL);
        aKv.shiftTermOfKeepAlives(-1);
        assertThat(a.acquireLeadership(view(a), TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Unknown.class);
        aKv.shiftTermOfKeepAlives(0);
        assertThat(read(a).holdsLeaderKey()).isTrue();
        renewed(a, TTL);
    }

    @Test
    void aLeaderKeyThatSomebodyTookIsLost() {
        acquire(a);
        tamper(put("leader", "b"));
        assertThat(a.renewLeadership(TTL, IN_TIME))
                .isEqualTo(new RenewOutcome.Lost("the leader is b"));
        assertThat(a.releaseLeadership(IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(leader(a).name()).isEqualTo(new MemberName("b"));
    }

    @Test
    void aLeaderKeyThatVanishesDuringTheRenewalIsLost() {
        acquire(a);
        aKv.beforeNextRange(() -> tamper(new Txn.Op.Delete(key("leader"))));
        assertThat(a.renewLeadership(TTL, IN_TIME)).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(read(a).holdsLeaderKey()).isFalse();
    }

    @Test
    void aKeyOfOurNameOnAnotherLeaseIsNotOurs() {
        acquire(a);
        tamper(new Txn.Op.Delete(key("leader")));
        tamper(put("leader", "a"));
        assertThat(read(a).holdsLeaderKey()).isFalse();
        assertThat(a.renewLeadership(TTL, IN_TIME)).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(a.writeHistory(HISTORY, IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(a.releaseLeadership(IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(raw("leader")).isPresent();
    }

    @Test
    void theLeaderKeyMovesToANewLeaseWhenTheTtlChanges() {
        acquire(a);
        LeaderKey before = leader(b);
        renewed(a, OTHER_TTL);
        LeaderKey after = leader(b);
        assertThat(after.leaseId()).isNotEqualTo(before.leaseId());
        assertThat(after.createRevision()).isEqualTo(before.createRevision());
        renewed(a, OTHER_TTL);
        assertThat(leader(b)).isEqualTo(after);
    }

    @Test
    void aMoveWithoutAnswerIsFoundOutByTheNextRenewal() {
        acquire(a);
        aKv.nextTxn(Fault.LOSE_ANSWER);
        assertThat(a.renewLeadership(OTHER_TTL, IN_TIME)).isInstanceOf(RenewOutcome.Unknown.class);
        renewed(a, OTHER_TTL);
        acquireIsRefused(b);
        aKv.nextTxn(Fault.LOSE_REQUEST);
        assertThat(a.renewLeadership(TTL, IN_TIME)).isInstanceOf(RenewOutcome.Unknown.class);
        renewed(a, TTL);
        assertThat(read(a).holdsLeaderKey()).isTrue();
    }

    @Test
    void aLostKeepaliveProvesNothingAndLosesNothing() {
        acquire(a);
        for (Fault fault : List.of(Fault.LOSE_ANSWER, Fault.LOSE_REQUEST)) {
            aKv.nextKeepAlive(fault);
            assertThat(a.renewLeadership(TTL, IN_TIME)).isInstanceOf(RenewOutcome.Unknown.class);
        }
        aKv.nextRange(Fault.LOSE_ANSWER);
        assertThat(a.renewLeadership(TTL, IN_TIME)).isInstanceOf(RenewOutcome.Unknown.class);
        renewed(a, TTL);
    }

    @Test
    void anAcquisitionWithoutAnswerIsFoundOutByReading() {
        ClusterView seen = view(a);
        aKv.nextTxn(Fault.LOSE_ANSWER);
        assertThat(a.acquireLeadership(seen, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Unknown.class);
        assertThat(read(a).holdsLeaderKey()).isTrue();
        renewed(a, TTL);
        done(a.writeHistory(HISTORY, IN_TIME));
    }

    @Test
    void aClaimedTimelineIsSeenByTheNextLeaderAndOnlyALeaderClaimsOne() {
        assertThat(view(a).claimedTimeline()).isNull();
        assertThat(a.claimTimeline(new Timeline(2), IN_TIME))
                .isInstanceOf(WriteOutcome.Refused.class);
        acquire(a);
        done(a.claimTimeline(new Timeline(2), IN_TIME));
        assertThat(view(b).claimedTimeline()).isEqualTo(new Timeline(2));
        done(a.releaseLeadership(IN_TIME));
        assertThat(view(b).claimedTimeline()).isEqualTo(new Timeline(2));
        acquire(b);
        assertThat(a.claimTimeline(new Timeline(3), IN_TIME))
                .isInstanceOf(WriteOutcome.Refused.class);
    }

    @Test
    void anAcquisitionThatNeverArrivedIsFoundOutByReading() {
        ClusterView seen = view(a);
        aKv.nextTxn(Fault.LOSE_REQUEST);
        assertThat(a.acquireLeadership(seen, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Unknown.class);
        assertThat(read(a).holdsLeaderKey()).isFalse();
        acquire(b);
    }

    @Test
    void tryingAgainAfterAWinWithoutAnswerDoesNotLoseIt() {
        ClusterView seen = view(a);
        aKv.nextTxn(Fault.LOSE_ANSWER);
        assertThat(a.acquireLeadership(seen, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Unknown.class);
        assertThat(a.acquireLeadership(seen, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Unknown.class);
        renewed(a, TTL);
    }

    @Test
    void aReleasedKeyIsFreeAtOnce() {
        acquire(a);
        done(a.releaseLeadership(IN_TIME));
        acquire(b);
        assertThat(a.renewLeadership(TTL, IN_TIME)).isInstanceOf(RenewOutcome.Lost.class);
    }

    @Test
    void aReleaseWithoutAnswerCanBeRepeated() {
        acquire(a);
        aKv.nextTxn(Fault.LOSE_REQUEST);
        assertThat(a.releaseLeadership(IN_TIME)).isInstanceOf(WriteOutcome.Unknown.class);
        done(a.releaseLeadership(IN_TIME));
        acquire(a);
        aKv.nextTxn(Fault.LOSE_ANSWER);
        assertThat(a.releaseLeadership(IN_TIME)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(a.releaseLeadership(IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(view(a).leader()).isNull();
    }

    @Test
    void aReleaseThatArrivesLateDoesNotEndALeadershipThatWasRenewedSince() {
        acquire(a);
        aKv.nextTxn(Fault.DELAY_REQUEST);
        assertThat(a.releaseLeadership(IN_TIME)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(read(a).holdsLeaderKey()).isTrue();
        renewed(a, TTL);
        assertThat(aKv.deliverLateTxn()).isFalse();
        assertThat(read(a).holdsLeaderKey()).isTrue();
    }

    @Test
    void aMoveThatArrivesLateDoesNotPutTheKeyOnAForgottenLease() {
        acquire(a);
        aKv.nextTxn(Fault.DELAY_REQUEST);
        assertThat(a.renewLeadership(OTHER_TTL, IN_TIME)).isInstanceOf(RenewOutcome.Unknown.class);
        renewed(a, OTHER_TTL);
        LeaderKey renewed = leader(b);
        assertThat(aKv.deliverLateTxn()).isFalse();
        assertThat(leader(b)).isEqualTo(renewed);
    }

    @Test
    void anAcquisitionThatArrivesLateIsOursAndIsProvenBeforeItCounts() {
        ClusterView seen = view(a);
        aKv.nextTxn(Fault.DELAY_REQUEST);
        assertThat(a.acquireLeadership(seen, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Unknown.class);
        assertThat(read(a).holdsLeaderKey()).isFalse();
        assertThat(aKv.deliverLateTxn()).isTrue();
        assertThat(read(a).holdsLeaderKey()).isTrue();
        renewed(a, TTL);
    }

    @Test
    void anAcquisitionThatArrivesAfterAnotherReignIsRefused() {
        ClusterView seen = view(a);
        aKv.nextTxn(Fault.DELAY_REQUEST);
        assertThat(a.acquireLeadership(seen, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Unknown.class);
        acquire(b);
        done(b.writeHistory(HISTORY, IN_TIME));
        done(b.releaseLeadership(IN_TIME));
        assertThat(aKv.deliverLateTxn()).isFalse();
    }

    @Test
    void aNextLifeOfTheSameNameAdoptsTheKeyAndTheFormerOneLosesIt() {
        acquire(a);
        ClusterStore next = store(etcd(), "a");
        assertThat(read(next).holdsLeaderKey()).isFalse();
        assertThat(next.renewLeadership(TTL, IN_TIME)).isInstanceOf(RenewOutcome.Lost.class);
        assertThat(next.adoptLeadership(view(next), TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Acquired.class);
        assertThat(read(next).holdsLeaderKey()).isTrue();
        renewed(next, TTL);
        assertThat(a.renewLeadership(TTL, IN_TIME)).isInstanceOf(RenewOutcome.Lost.class);
    }

    @Test
    void aKeyThatChangedSinceIsNotAdopted() {
        acquire(a);
        ClusterStore next = store(etcd(), "a");
        ClusterView seen = view(next);
        renewed(a, OTHER_TTL);
        assertThat(next.adoptLeadership(seen, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Refused.class);
        assertThat(b.adoptLeadership(seen, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Refused.class);
        renewed(a, OTHER_TTL);
    }

    @Test
    void onlyTheLeaderWritesHistoryAndStatus() {
        ClusterStatus status =
                new ClusterStatus(
                        new Lsn(50_331_984),
                        new TreeMap<>(Map.of("b", new Lsn(50_331_648))),
                        List.of("b"));
        assertThat(b.writeStatus(status, IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(b.writeHistory(HISTORY, IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        acquire(a);
        done(a.writeStatus(status, IN_TIME));
        done(a.writeHistory(HISTORY, IN_TIME));
        ClusterView view = view(b);
        assertThat(view.status()).isEqualTo(status);
        assertThat(view.history()).isEqualTo(HISTORY);
        assertThat(view.historyRevision()).isNotZero();
    }

    @Test
    void onlyTheLeaderWritesTheSynchronousState() {
        SyncState state = new SyncState("a", List.of("b"), 0);
        assertThat(b.writeSync(state, 0, IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        acquire(a);
        done(a.writeSync(state, 0, IN_TIME));
        assertThat(view(b).sync()).isEqualTo(state);
        assertThat(raw("sync"))
                .hasValueSatisfying(
                        key -> {
                            assertThat(key.leaseId()).isZero();
                            assertThat(key.value().text())
                                    .isEqualTo(
                                            "{\"leader\":\"a\",\"sync_standby\":\"b\",\"quorum\":0}");
                        });
    }

    @Test
    void theSynchronousStateIsWrittenOnlyOverWhatWasSeen() {
        acquire(a);
        SyncState first = SyncState.leaderOnly(new MemberName("a"));
        done(a.writeSync(first, 0, IN_TIME));
        SyncState second = new SyncState("a", List.of("b"), 0);
        assertThat(a.writeSync(second, 0, IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(view(a).sync()).isEqualTo(first);
        done(a.writeSync(second, view(a).syncRevision(), IN_TIME));
        assertThat(view(a).sync()).isEqualTo(second);
    }

    @Test
    void aWriteOfTheSynchronousStateThatArrivesLateIsRefusedOnceTheKeyHasBeenWrittenAgain() {
        acquire(a);
        SyncState state = SyncState.leaderOnly(new MemberName("a"));
        done(a.writeSync(state, 0, IN_TIME));
        long seen = view(a).syncRevision();
        aKv.nextTxn(Fault.DELAY_REQUEST);
        assertThat(a.writeSync(new SyncState("a", List.of("b"), 0), seen, IN_TIME))
                .isInstanceOf(WriteOutcome.Unknown.class);
        done(a.writeSync(state, view(a).syncRevision(), IN_TIME));
        assertThat(aKv.deliverLateTxn()).isFalse();
        assertThat(view(a).sync()).isEqualTo(state);
    }

    @Test
    void aSynchronousStateWithoutALeaderIsNoKey() {
        acquire(a);
        done(a.writeSync(SyncState.leaderOnly(new MemberName("a")), 0, IN_TIME));
        long seen = view(a).syncRevision();
        SyncState nothing = new SyncState(null, List.of(), 0);
        assertThat(a.writeSync(nothing, seen - 1, IN_TIME))
                .isInstanceOf(WriteOutcome.Refused.class);
        done(a.writeSync(nothing, seen, IN_TIME));
        assertThat(raw("sync")).isEmpty();
        assertThat(view(a).syncRevision()).isZero();
    }

    @Test
    void theLeaderKeyIsNotWonPastAnotherSynchronousState() {
        ClusterView before = view(b);
        acquire(a);
        done(a.writeSync(SyncState.leaderOnly(new MemberName("a")), 0, IN_TIME));
        done(a.releaseLeadership(IN_TIME));
        assertThat(b.acquireLeadership(before, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Refused.class);
        assertThat(b.acquireLeadership(view(b), TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Acquired.class);
    }

    @Test
    void aRaceOfBeforeIsLostOnceAPrimaryHasTakenItsKeyBackWithoutWritingAnythingElse() {
        acquire(a);
        done(a.writeSync(SyncState.leaderOnly(new MemberName("a")), 0, IN_TIME));
        done(a.releaseLeadership(IN_TIME));
        ClusterView before = view(b);
        acquire(a);
        assertThat(view(a).sync()).isEqualTo(before.sync());
        done(a.releaseLeadership(IN_TIME));
        assertThat(b.acquireLeadership(before, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Refused.class);
        acquire(b);
    }

    @Test
    void onlyTheLeaderTakesARequestBackAndOnlyAsItWasSeen() {
        tamper(put("failover", "{\"leader\":\"a\",\"member\":\"b\"}"));
        long seen = Objects.requireNonNull(view(a).failover()).revision();
        assertThat(a.clearFailover(seen, IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        acquire(a);
        tamper(put("failover", "{\"leader\":\"a\",\"member\":\"c\"}"));
        assertThat(a.clearFailover(seen, IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        done(a.clearFailover(Objects.requireNonNull(view(a).failover()).revision(), IN_TIME));
        assertThat(view(b).failover()).isNull();
        assertThat(raw("failover").orElseThrow().value().text()).isEqualTo("{}");
    }

    @Test
    void onlyTheLeaderNamesWhoseConsentItNeedsAndOnlyOverWhatItHasSeen() {
        TreeMap<String, String> urls = new TreeMap<>(Map.of("a", "http://a:8008/patroni"));
        assertThat(b.writeFailsafe(urls, 0, IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        acquire(a);
        done(a.writeFailsafe(urls, 0, IN_TIME));
        assertThat(raw("failsafe").orElseThrow().value().text())
                .isEqualTo("{\"a\":\"http://a:8008/patroni\"}");
        assertThat(view(b).failsafe().urls()).isEqualTo(urls);
        assertThat(a.writeFailsafe(urls, 0, IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        done(a.writeFailsafe(new TreeMap<>(), view(a).failsafe().revision(), IN_TIME));
        assertThat(view(b).failsafe().isEmpty()).isTrue();
    }

    @Test
    void aLateWriteOfTheFailsafeKeyDoesNotUndoALaterOne() {
        TreeMap<String, String> one = new TreeMap<>(Map.of("a", "http://a:8008/patroni"));
        acquire(a);
        aKv.nextTxn(Fault.DELAY_REQUEST);
        assertThat(a.writeFailsafe(one, 0, IN_TIME)).isInstanceOf(WriteOutcome.Unknown.class);
        done(a.writeFailsafe(new TreeMap<>(), 0, IN_TIME));
        assertThat(aKv.deliverLateTxn()).isFalse();
    }

    @Test
    void theLeaderKeyIsNotWonPastAnotherFailsafeKey() {
        ClusterView stale = view(a);
        acquire(b);
        done(b.writeFailsafe(new TreeMap<>(), 0, IN_TIME));
        done(b.releaseLeadership(IN_TIME));
        assertThat(a.acquireLeadership(stale, TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Refused.class);
        acquire(a);
    }

    @Test
    void aStatusThatIsThereAlreadyIsNotWrittenAgain() {
        acquire(a);
        ClusterStatus status = new ClusterStatus(new Lsn(7), new TreeMap<>(), List.of());
        done(a.writeStatus(status, IN_TIME));
        int before = aKv.txns();
        read(a);
        done(a.writeStatus(status, IN_TIME));
        assertThat(aKv.txns()).isEqualTo(before);
    }

    @Test
    void theRightToInitializeIsClaimedOnce() {
        keepSession(a, TTL);
        keepSession(b, TTL);
        done(a.claimInitialization(IN_TIME));
        assertThat(b.claimInitialization(IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(read(a).holdsInitialization()).isTrue();
        assertThat(read(b).holdsInitialization()).isFalse();
        assertThat(view(b).initialization()).isInstanceOf(Initialization.InProgress.class);
        assertThat(b.completeInitialization(SYSTEM, IN_TIME))
                .isInstanceOf(WriteOutcome.Refused.class);
        done(a.completeInitialization(SYSTEM, IN_TIME));
        assertThat(view(b).initialization()).isEqualTo(new Initialization.Done(SYSTEM));
        assertThat(raw("initialize").orElseThrow().leaseId()).isZero();
    }

    @Test
    void aClaimWithoutAnswerIsFoundOutByReading() {
        keepSession(a, TTL);
        aKv.nextTxn(Fault.LOSE_ANSWER);
        assertThat(a.claimInitialization(IN_TIME)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(read(a).holdsInitialization()).isTrue();
        aKv.nextTxn(Fault.LOSE_ANSWER);
        assertThat(a.completeInitialization(SYSTEM, IN_TIME))
                .isInstanceOf(WriteOutcome.Unknown.class);
        done(a.completeInitialization(SYSTEM, IN_TIME));
    }

    @Test
    void aClaimMovesAlongWhenTheTtlChanges() {
        keepSession(a, TTL);
        done(a.claimInitialization(IN_TIME));
        long before = raw("initialize").orElseThrow().leaseId();
        keepSession(a, OTHER_TTL);
        assertThat(raw("initialize").orElseThrow().leaseId()).isNotEqualTo(before);
        assertThat(read(a).holdsInitialization()).isTrue();
        done(a.completeInitialization(SYSTEM, IN_TIME));
    }

    @Test
    void aClaimantThatDiesBlocksNobody() {
        keepSession(a, SHORT_TTL);
        done(a.claimInitialization(IN_TIME));
        pass(SHORT_TTL.plusMillis(1500));
        keepSession(b, TTL);
        done(b.claimInitialization(IN_TIME));
        assertThat(a.completeInitialization(SYSTEM, IN_TIME))
                .isInstanceOf(WriteOutcome.Refused.class);
        assertThat(a.abandonInitialization(IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(read(b).holdsInitialization()).isTrue();
    }

    @Test
    void anAbandonedClaimIsFree() {
        keepSession(a, TTL);
        done(a.claimInitialization(IN_TIME));
        done(a.abandonInitialization(IN_TIME));
        keepSession(b, TTL);
        done(b.claimInitialization(IN_TIME));
    }

    @Test
    void aLeaderRepairsAMissingSystemIdentifier() {
        assertThat(a.completeInitialization(SYSTEM, IN_TIME))
                .isInstanceOf(WriteOutcome.Refused.class);
        acquire(a);
        done(a.completeInitialization(SYSTEM, IN_TIME));
        assertThat(a.completeInitialization(SYSTEM, IN_TIME))
                .isInstanceOf(WriteOutcome.Refused.class);
        assertThat(view(b).initialization()).isEqualTo(new Initialization.Done(SYSTEM));
    }

    @Test
    void oneMemberAtATimeReplacesItsData() {
        keepSession(a, TTL);
        keepSession(b, TTL);
        done(a.claimRebuild(IN_TIME));
        done(a.claimRebuild(IN_TIME));
        assertThat(view(b).rebuilding()).isEqualTo(new MemberName("a"));
        assertThat(b.claimRebuild(IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        assertThat(b.releaseRebuild(IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        done(a.releaseRebuild(IN_TIME));
        assertThat(view(b).rebuilding()).isNull();
        done(b.claimRebuild(IN_TIME));
        assertThat(a.claimRebuild(IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
    }

    @Test
    void theTurnToReplaceDataMovesWithTheSessionAndEndsWithIt() {
        keepSession(a, TTL);
        done(a.claimRebuild(IN_TIME));
        long before = raw("tamada/rebuild").orElseThrow().leaseId();
        read(a);
        keepSession(a, SHORT_TTL);
        assertThat(raw("tamada/rebuild").orElseThrow().leaseId()).isNotEqualTo(before);
        pass(SHORT_TTL.plusMillis(1500));
        keepSession(b, TTL);
        done(b.claimRebuild(IN_TIME));
    }

    @Test
    void theTurnToReplaceDataNeedsASession() {
        assertThat(a.claimRebuild(IN_TIME)).isInstanceOf(WriteOutcome.Unknown.class);
    }

    @Test
    void theConfigurationIsCreatedOnce() {
        done(a.createConfig("{\"ttl\":20}", IN_TIME));
        assertThat(b.createConfig("{}", IN_TIME)).isInstanceOf(WriteOutcome.Refused.class);
        ClusterConfig config = Objects.requireNonNull(view(b).config());
        assertThat(config.ttl()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.json()).isEqualTo("{\"ttl\":20}");
    }

    @Test
    void nothingIsPublishedWithoutASession() {
        assertThat(a.publishMember(member("a", MemberRole.REPLICA), IN_TIME))
                .isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(a.claimInitialization(IN_TIME)).isInstanceOf(WriteOutcome.Unknown.class);
        assertThat(view(a).members()).isEmpty();
    }

    private static Member member(String name, MemberRole role) {
        return new Member(
                new MemberName(name),
                "postgres://" + name + ":5432/postgres",
                "http://" + name + ":8008/patroni",
                MemberState.RUNNING,
                role,
                "4.1.0",
                "id-of-" + name,
                new Timeline(3),
                new Lsn(50_331_984),
                null,
                null,
                null,
                MemberTags.NONE,
                true,
                false,
                false);
    }

    private static void done(WriteOutcome outcome) {
        assertThat(outcome).isEqualTo(new WriteOutcome.Done());
    }

    private static void keepSession(ClusterStore store, Duration ttl) {
        done(store.keepSession(ttl, IN_TIME));
    }

    private static ReadOutcome.View read(ClusterStore store) {
        ReadOutcome outcome = store.read(IN_TIME);
        assertThat(outcome).isInstanceOf(ReadOutcome.View.class);
        return (ReadOutcome.View) outcome;
    }

    private static ClusterView view(ClusterStore store) {
        return read(store).view();
    }

    private static LeaderKey leader(ClusterStore store) {
        return Objects.requireNonNull(view(store).leader());
    }

    private static void acquire(ClusterStore store) {
        assertThat(store.acquireLeadership(view(store), TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Acquired.class);
    }

    private static void acquireIsRefused(ClusterStore store) {
        assertThat(store.acquireLeadership(view(store), TTL, IN_TIME))
                .isInstanceOf(AcquireOutcome.Refused.class);
    }

    private static void renewed(ClusterStore store, Duration ttl) {
        assertThat(store.renewLeadership(ttl, IN_TIME)).isInstanceOf(RenewOutcome.Renewed.class);
    }

    private Bytes key(String name) {
        return Bytes.utf8("/service/" + scope + "/" + name);
    }

    private Txn.Op put(String name, String value) {
        return new Txn.Op.Put(key(name), Bytes.utf8(value), 0);
    }

    private void tamper(Txn.Op op) {
        KvReply<TxnAnswer> reply = etcd().txn(new Txn(List.of(), List.of(op), List.of()), IN_TIME);
        assertThat(reply).isInstanceOf(KvReply.Answered.class);
    }

    private Optional<KeyValue> raw(String name) {
        return switch (etcd().range(new KeyRange.Key(key(name)), IN_TIME)) {
            case KvReply.Answered<RangeAnswer>(RangeAnswer answer) ->
                    answer.kvs().stream().findFirst();
            case KvReply<RangeAnswer> failed -> throw new AssertionError(failed.toString());
        };
    }
}
