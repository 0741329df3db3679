package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.MemberName;
import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterRecordFileTest {

    private static final MemberName A = new MemberName("a");
    private static final ClusterRecord RECORD =
            new ClusterRecord(
                    new SystemIdentifier("7450000000000000001"),
                    new TreeMap<>(
                            Map.of("a", "http://a:8008/patroni", "b", "http://b:8008/patroni")),
                    new MemberName("b"),
                    "postgres://b:5432/postgres",
                    new Timeline(7),
                    12_000,
                    "{\"ttl\":30}",
                    new ClusterRecord.Failsafe(true, Duration.ofSeconds(30)));

    @TempDir private Path directory;
    private final Semaphore written = new Semaphore(0);

    private ClusterRecordFile open(Path where, MemberName member) throws IOException {
        return open(where, "demo", member);
    }

    private ClusterRecordFile open(Path where, String scope, MemberName member) throws IOException {
        ClusterRecordFile file =
                new ClusterRecordFile(
                        where, directory.resolve("data"), scope, member, written::release);
        file.open();
        return file;
    }

    private @Nullable ClusterRecord earlierOf(MemberName member) throws IOException {
        try (ClusterRecordFile file = open(directory, member)) {
            return file.earlier();
        }
    }

    private void write() throws Exception {
        try (ClusterRecordFile file = open(directory, A)) {
            assertThat(file.durable()).isNull();
            file.keep(RECORD);
            assertThat(written.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(file.durable()).isEqualTo(RECORD);
        }
    }

    @Test
    void theNextLifeFindsWhatThisOneHasWritten() throws Exception {
        write();
        assertThat(earlierOf(A)).isEqualTo(RECORD);
    }

    @Test
    void besideAServerThatRunsTheConfigurationIsWherePatroniHasIt() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        write();
        assertThat(data).isEmptyDirectory();
        Files.writeString(data.resolve("postmaster.pid"), "1");
        Files.delete(directory.resolve("cluster.json"));
        write();
        assertThat(data.resolve("patroni.dynamic.json")).hasContent("{\"ttl\":30}");
    }

    @Test
    void theRecordOfAnotherNameSaysNothing() throws Exception {
        write();
        assertThat(earlierOf(new MemberName("c"))).isNull();
    }

    @Test
    void aRecordThatLiesUnderAWrongScopeComesBackWhenTheScopeIsPutRight() throws Exception {
        write();
        ClusterRecord other =
                new ClusterRecord(
                        null,
                        new TreeMap<>(),
                        null,
                        null,
                        Timeline.FIRST,
                        3,
                        null,
                        RECORD.failsafe());
        try (ClusterRecordFile file = open(directory, "dmeo/x", A)) {
            assertThat(file.earlier()).isNull();
            assertThat(directory.resolve("cluster.json.a@demo")).exists();
            file.keep(other);
            assertThat(written.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(earlierOf(A)).isEqualTo(RECORD);
        assertThat(directory.resolve("cluster.json.a@demo")).doesNotExist();
        assertThat(directory.resolve("cluster.json.a@dmeo%2Fx")).exists();
        assertThat(earlierOf(A)).isEqualTo(RECORD);
    }

    @Test
    void aFileThatIsNoRecordIsLikeNone() throws Exception {
        Files.writeString(directory.resolve("cluster.json"), "not JSON");
        assertThat(earlierOf(A)).isNull();
    }

    @Test
    void whatCannotBeWrittenIsNotDurableUntilItCan() throws Exception {
        Path gone = directory.resolve("gone");
        try (ClusterRecordFile file = open(gone, A)) {
            file.keep(RECORD);
            assertThat(written.tryAcquire(300, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(file.durable()).isNull();
            Files.createDirectory(gone);
            assertThat(written.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(file.durable()).isEqualTo(RECORD);
        }
    }
}
