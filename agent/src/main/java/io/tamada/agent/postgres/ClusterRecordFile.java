package io.tamada.agent.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.agent.os.FileFailure;
import io.tamada.core.cluster.ClusterRecord;
import io.tamada.core.cluster.SystemIdentifier;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.ClusterRecords;
import io.tamada.core.wal.Timeline;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The record of the cluster in a file beside the data directory, written by a thread of its own:
/// a disk that hangs must not hold the loop.
///
/// It is bound to the scope and the member's name; one that lies under other names says nothing.
/// It is put aside, and found again when the configuration has its names again.
public final class ClusterRecordFile implements ClusterRecords, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterRecordFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "cluster.json";
    private static final String PATRONIS_FILE = "patroni.dynamic.json";
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_WRITE = Duration.ofSeconds(2);

    private final Path file;
    private final Path dataDirectory;
    private final String scope;
    private final MemberName member;
    private final Runnable written;
    private final AtomicReference<@Nullable ClusterRecord> wanted = new AtomicReference<>();
    private final AtomicReference<@Nullable ClusterRecord> durable = new AtomicReference<>();
    private final Thread thread;
    private @Nullable ClusterRecord earlier;
    private volatile boolean closed;

    /// @param written called whenever a record has reached the disk.
    public ClusterRecordFile(
            Path stateDirectory,
            Path dataDirectory,
            String scope,
            MemberName member,
            Runnable written) {
        this.file = stateDirectory.resolve(FILE);
        this.dataDirectory = dataDirectory;
        this.scope = scope;
        this.member = member;
        this.written = written;
        this.thread = Thread.ofPlatform().name("cluster-record").daemon().unstarted(this::write);
    }

    /// Reads what an earlier life has left, and is ready to write.
    public void open() throws IOException {
        putAside(DurableFiles.readOrNull(file));
        String text = DurableFiles.readOrNull(file);
        earlier = text == null ? null : decode(text, file, scope, member);
        durable.set(earlier);
        wanted.set(earlier);
        thread.start();
    }

    /// What the agent of a member has left, for those who only look; null when there is nothing
    /// that can be read.
    public static @Nullable ClusterRecord stored(
            Path stateDirectory, String scope, MemberName member) {
        Path file = stateDirectory.resolve(FILE);
        try {
            String text = DurableFiles.readOrNull(file);
            return text == null ? null : decode(text, file, scope, member);
        } catch (IOException unreadable) {
            LOG.warn("{} cannot be read: {}", file, unreadable.getMessage());
            return null;
        }
    }

    /// Another's record makes room, and this member's own that did so once comes back.
    private void putAside(@Nullable String text) throws IOException {
        Owner owner = text == null ? null : ownerOf(text);
        Owner us = new Owner(scope, member.value());
        if (owner != null && !owner.equals(us)) {
            Path other = file.resolveSibling(owner.asideName());
            LOG.warn(
                    "{} is the record of the member {} of {}, and the configuration says that this"
                            + " is {} of {} (name and scope). It is not used; it is kept as {}, and"
                            + " counts again when they are put right",
                    file,
                    owner.member(),
                    owner.scope(),
                    us.member(),
                    us.scope(),
                    other.getFileName());
            move(file, other);
        }
        Path own = file.resolveSibling(us.asideName());
        if (Files.exists(own) && !Files.exists(file)) {
            LOG.info("{} is the record of this member and counts again", own);
            move(own, file);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.syncDirectory(Objects.requireNonNull(to.toAbsolutePath().getParent()));
    }

    /// Whose record it is.
    private record Owner(String scope, String member) {

        String asideName() {
            return FILE + "." + encoded(member) + "@" + encoded(scope);
        }

        private static String encoded(String name) {
            return URLEncoder.encode(name, StandardCharsets.UTF_8);
        }
    }

    /// Null when the text names none.
    private static @Nullable Owner ownerOf(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return json.path("scope").isTextual() && json.path("member").isTextual()
                    ? new Owner(json.get("scope").asText(), json.get("member").asText())
                    : null;
        } catch (JsonProcessingException unreadable) {
            return null;
        }
    }

    @Override
    public @Nullable ClusterRecord earlier() {
        return earlier;
    }

    @Override
    public void keep(ClusterRecord record) {
        wanted.set(record);
        LockSupport.unpark(thread);
    }

    @Override
    public @Nullable ClusterRecord durable() {
        return durable.get();
    }

    /// Writes what waits, if the disk lets it.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(LAST_WRITE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        boolean complained = false;
        while (true) {
            ClusterRecord next = wanted.get();
            if (next == null || next.equals(durable.get())) {
                if (closed) {
                    return;
                }
                LockSupport.park(this);
                continue;
            }
            try {
                DurableFiles.replace(file, encode(next));
                durable.set(next);
                complained = false;
                keepForPatroni(next);
                written.run();
            } catch (IOException | RuntimeException failure) {
                if (!complained) {
                    complained = true;
                    LOG.warn(
                            "cannot keep the record: {}",
                            failure instanceof IOException io
                                    ? FileFailure.text(io)
                                    : failure.toString());
                }
                if (closed) {
                    return;
                }
                LockSupport.parkNanos(this, RETRY.toNanos());
            }
        }
    }

    /// The dynamic configuration where Patroni has it: a Patroni that takes the instance over, and
    /// tools that look there, would find an old one. Only beside a server that runs: pg_rewind
    /// fails when a file vanishes that it has listed.
    private void keepForPatroni(ClusterRecord record) {
        String config = record.configJson();
        if (config == null || !Files.exists(dataDirectory.resolve("postmaster.pid"))) {
            return;
        }
        try {
            DurableFiles.replace(dataDirectory.resolve(PATRONIS_FILE), config);
        } catch (IOException failure) {
            LOG.warn("cannot write {}: {}", PATRONIS_FILE, FileFailure.text(failure));
        }
    }

    private String encode(ClusterRecord record) {
        ObjectNode json = JSON.createObjectNode();
        json.put("scope", scope);
        json.put("member", member.value());
        SystemIdentifier system = record.system();
        if (system != null) {
            json.put("system", system.value());
        }
        ObjectNode members = json.putObject("members");
        record.members().forEach(members::put);
        MemberName leader = record.leader();
        if (leader != null) {
            json.put("leader", leader.value());
        }
        if (record.leaderConnUrl() != null) {
            json.put("leader_conn_url", record.leaderConnUrl());
        }
        json.put("timeline", record.timeline().id());
        json.put("revision", record.revision());
        if (record.configJson() != null) {
            json.put("config", record.configJson());
        }
        json.put("failsafe_mode", record.failsafe().on());
        if (record.failsafe().released()) {
            json.put("released", true);
        }
        json.put("ttl_ms", record.failsafe().ttl().toMillis());
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree always has a text", impossible);
        }
    }

    /// Null when the text is no record of this member.
    private static @Nullable ClusterRecord decode(
            String text, Path file, String scope, MemberName member) {
        try {
            JsonNode json = JSON.readTree(text);
            if (!scope.equals(json.path("scope").asText())
                    || !member.value().equals(json.path("member").asText())) {
                LOG.warn("{} does not say that it is this member's; it is not used", file);
                return null;
            }
            SortedMap<String, String> members = new TreeMap<>();
            for (Map.Entry<String, JsonNode> entry : json.path("members").properties()) {
                members.put(entry.getKey(), entry.getValue().asText());
            }
            return new ClusterRecord(
                    json.has("system") ? new SystemIdentifier(json.get("system").asText()) : null,
                    members,
                    json.has("leader") ? new MemberName(json.get("leader").asText()) : null,
                    json.has("leader_conn_url") ? json.get("leader_conn_url").asText() : null,
                    new Timeline(json.path("timeline").asInt(1)),
                    json.path("revision").asLong(),
                    json.has("config") ? json.get("config").asText() : null,
                    new ClusterRecord.Failsafe(
                            json.path("failsafe_mode").asBoolean(),
                            Duration.ofMillis(json.path("ttl_ms").asLong()),
                            json.path("released").asBoolean()));
        } catch (JsonProcessingException | IllegalArgumentException unreadable) {
            LOG.warn("{} cannot be read: {}", file, unreadable.getMessage());
            return null;
        }
    }
}
