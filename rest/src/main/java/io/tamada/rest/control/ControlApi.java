package io.tamada.rest.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tamada.core.cluster.ClusterView;
import io.tamada.core.cluster.ConfigChange.Author;
import io.tamada.core.loop.Snapshot;
import io.tamada.core.loop.SnapshotBoard;
import io.tamada.core.member.Member;
import io.tamada.core.order.OrderBoard;
import io.tamada.core.port.ControlStore;
import io.tamada.core.port.PeerProbe;
import io.tamada.core.port.TimeSource;
import io.tamada.rest.RestSettings;
import io.tamada.rest.control.Admission.Verdict;
import io.tamada.rest.control.Admission.Visitor;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The changing half of the API: looks at who asks, then does what is asked. Calls may take as long
/// as what they wait for; they run on threads of their own.
public final class ControlApi {

    /// The header in which `tamada` says who is asking.
    public static final String OPERATOR_HEADER = "Tamada-Operator";

    private static final Logger LOG = LoggerFactory.getLogger(ControlApi.class);
    private static final int LONGEST_NAME = 60;

    /// @param settings as they are now; a reload may change them.
    /// @param wake wakes the loop.
    /// @param reload reads the configuration file again.
    public record Ports(
            Supplier<RestSettings> settings,
            SnapshotBoard snapshots,
            ControlStore store,
            PeerProbe peers,
            OrderBoard orders,
            ConfigCheck check,
            TimeSource time,
            Runnable wake,
            Runnable reload,
            RestartSchedule restarts) {}

    /// A command as it came.
    ///
    /// @param body null when the request announces none.
    /// @param certified whether the client has shown a certificate that we trust.
    /// @param operator who says to be asking, for people to read; null for nobody.
    public record Request(
            String method,
            String path,
            @Nullable String body,
            InetAddress from,
            boolean certified,
            @Nullable String authorization,
            @Nullable String operator) {

        /// Under what name a change is remembered: the address, and in front of it what the client
        /// says of itself, which nobody has proven.
        Author author() {
            String address = from.getHostAddress();
            String said = operator == null ? "" : operator.strip();
            String name = said.substring(0, Math.min(said.length(), LONGEST_NAME));
            return new Author(
                    name.isEmpty() ? address : name + " (" + address + ")",
                    method + " " + path,
                    now().toEpochMilli());
        }
    }

    private final Ports ports;
    private final Admission admission;
    private final LeaderRequests leaders;
    private final ConfigRequests configs;
    private final ServerRequests servers;

    public ControlApi(Ports ports) {
        this.ports = ports;
        Waiting waits = new Waiting(ports.time());
        this.admission = new Admission(ports.settings(), () -> memberUrls(ports.snapshots()));
        this.leaders =
                new LeaderRequests(new LeaderRequests.Ports(ports.store(), ports.peers(), waits));
        this.configs = new ConfigRequests(ports.store(), ports.check(), ports.snapshots(), waits);
        this.servers =
                new ServerRequests(
                        ports.snapshots(),
                        ports.orders(),
                        ports.time(),
                        waits,
                        ports.wake(),
                        ports.restarts());
    }

    private static Collection<String> memberUrls(SnapshotBoard snapshots) {
        Snapshot now = snapshots.latest();
        ClusterView view = now == null ? null : now.view();
        List<String> urls = new ArrayList<>();
        if (view != null) {
            for (Member member : view.members()) {
                urls.add(member.apiUrl());
            }
        }
        return urls;
    }

    public Reply answer(Request request) {
        return switch (admission.judge(
                new Visitor(request.from(), request.certified(), request.authorization()))) {
            case Verdict.Admitted(Caller caller) -> run(request, caller);
            case Verdict.Refused(Reply reply) -> {
                LOG.warn(
                        "{} {} from {} was refused: {}",
                        request.method(),
                        request.path(),
                        request.from().getHostAddress(),
                        reply.text());
                yield reply;
            }
        };
    }

    private Reply run(Request request, Caller caller) {
        return switch (request.method() + " " + request.path()) {
            case "POST /switchover" ->
                    withBody(
                            request, b -> leaders.post(LeaderRequests.Action.SWITCHOVER, b, now()));
            case "POST /failover" ->
                    withBody(request, b -> leaders.post(LeaderRequests.Action.FAILOVER, b, now()));
            case "DELETE /switchover" -> leaders.delete();
            case "PATCH /config" ->
                    withSettings(request, b -> configs.patch(b, caller, request.author()));
            case "PUT /config" ->
                    withSettings(request, b -> configs.put(b, caller, request.author()));
            case "POST /restart" -> withOptionalBody(request, servers::restart);
            case "DELETE /restart" -> servers.forget();
            case "POST /reinitialize" -> withOptionalBody(request, servers::reinitialize);
            case "POST /reload" -> {
                ports.reload().run();
                yield Reply.sentence(202, "reload scheduled");
            }
            default -> Reply.sentence(404, "there is nothing at " + request.path());
        };
    }

    private static Instant now() {
        return Instant.now();
    }

    private interface Command {
        Reply run(ObjectNode body);
    }

    /// The parameters of a command are single values; a list that was passed over would make a
    /// restart that was to be scheduled happen now.
    private static Reply withBody(Request request, Command command) {
        return withObject(
                request,
                body -> {
                    String nested = Body.nestedField(body);
                    return nested == null
                            ? command.run(body)
                            : Reply.sentence(400, "'" + nested + "' has to be a single value");
                });
    }

    /// An empty object would take every setting away; most likely somebody's variable was empty.
    private static Reply withSettings(Request request, Command command) {
        return withObject(
                request,
                body ->
                        body.isEmpty()
                                ? Reply.sentence(400, "the body has no settings in it")
                                : command.run(body));
    }

    private static Reply withObject(Request request, Command command) {
        if (request.body() == null) {
            return Reply.sentence(411, "a JSON object is expected");
        }
        ObjectNode body = Body.parse(request.body());
        return body == null ? Reply.sentence(400, "the body is no JSON object") : command.run(body);
    }

    private static Reply withOptionalBody(Request request, Command command) {
        return request.body() == null || request.body().isBlank()
                ? command.run(Body.empty())
                : withBody(request, command);
    }
}
