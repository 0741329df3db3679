package io.tamada.haproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A running HAProxy, spoken to through its runtime socket (`stats socket … level admin`).
///
/// One connection a command, each with the same deadline; HAProxy closes it after the answer.
public final class HaproxyRuntime {

    /// Far above the state of a thousand servers; a peer that says more is not HAProxy.
    private static final int LONGEST_ANSWER_BYTES = 4 * 1024 * 1024;

    /// Makes HAProxy put `[n]: ` before what it says, n as in syslog: 3 is an error.
    private static final String WITH_SEVERITY = "set severity-output number; ";

    private static final String ERROR_MARK = "[3]: ";
    private static final String UNKNOWN_COMMAND = "[6]: Unknown command";

    private final Path socket;
    private final Duration timeout;

    public HaproxyRuntime(Path socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
    }

    /// Brings the proxy in line with the wanted members and reads back whether it is.
    ///
    /// @param known the slots of the last [Reconciliation.Done], or empty ones
    public Reconciliation reconcile(ProxySlots known, List<ProxyMember> wanted) {
        ProxyPlan plan;
        try {
            plan = ProxyPlan.between(servers(), known, wanted);
        } catch (IOException | IllegalArgumentException unreadable) {
            return new Reconciliation.Failed(reason(unreadable));
        }
        return switch (plan) {
            case ProxyPlan.ReloadNeeded(var reason, var after) ->
                    new Reconciliation.ReloadNeeded(reason, after);
            case ProxyPlan.Commands(var commands, var after) -> run(commands, after, wanted);
        };
    }

    /// Sends one command and returns what HAProxy says to it.
    public RuntimeAnswer send(String command) {
        try {
            String text = ask(WITH_SEVERITY + command).strip();
            return text.startsWith(ERROR_MARK) || text.startsWith(UNKNOWN_COMMAND)
                    ? new RuntimeAnswer.Failed(command + ": " + text.lines().findFirst().orElse(""))
                    : new RuntimeAnswer.Text(text);
        } catch (IOException failed) {
            return new RuntimeAnswer.Failed(command + ": " + reason(failed));
        }
    }

    /// The servers of both backends.
    ///
    /// @throws IOException when HAProxy cannot be asked
    /// @throws IllegalArgumentException when its answer cannot be read
    public List<ServerState> servers() throws IOException {
        return ServerState.parse(ask("show servers state"));
    }

    private Reconciliation run(List<String> commands, ProxySlots after, List<ProxyMember> wanted) {
        for (String command : commands) {
            if (send(command) instanceof RuntimeAnswer.Failed(var reason)) {
                return new Reconciliation.Failed(reason);
            }
        }
        if (!commands.isEmpty()) {
            // HAProxy reports a refused address like an accepted one, so only a second look tells.
            try {
                var rest = ProxyPlan.between(servers(), after, wanted);
                if (!(rest instanceof ProxyPlan.Commands(var left, _)) || !left.isEmpty()) {
                    return new Reconciliation.Failed("HAProxy did not take every change: " + rest);
                }
            } catch (IOException | IllegalArgumentException unreadable) {
                return new Reconciliation.Failed(reason(unreadable));
            }
        }
        return new Reconciliation.Done(after, commands.size());
    }

    private String ask(String command) throws IOException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        try (var selector = Selector.open();
                var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            // A Unix socket connects at once or fails; there is no half-open state to wait for.
            channel.connect(UnixDomainSocketAddress.of(socket));
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            var request = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
            while (request.hasRemaining()) {
                await(selector, deadlineNanos);
                channel.write(request);
            }
            key.interestOps(SelectionKey.OP_READ);
            return read(channel, selector, deadlineNanos);
        }
    }

    private String read(SocketChannel channel, Selector selector, long deadlineNanos)
            throws IOException {
        var answer = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(16 * 1024);
        while (true) {
            await(selector, deadlineNanos);
            int count = channel.read(buffer);
            if (count < 0) {
                return answer.toString(StandardCharsets.UTF_8);
            }
            answer.write(buffer.array(), 0, buffer.position());
            buffer.clear();
            if (answer.size() > LONGEST_ANSWER_BYTES) {
                throw new IOException("the answer exceeds " + LONGEST_ANSWER_BYTES + " bytes");
            }
        }
    }

    private void await(Selector selector, long deadlineNanos) throws IOException {
        long millis = Math.ceilDiv(deadlineNanos - System.nanoTime(), 1_000_000L);
        if (millis <= 0 || (selector.select(millis) == 0 && System.nanoTime() >= deadlineNanos)) {
            throw new IOException("no answer within " + timeout.toMillis() + " ms");
        }
        selector.selectedKeys().clear();
    }

    private String reason(Exception failure) {
        return "HAProxy at " + socket + ": " + failure.getMessage();
    }
}
