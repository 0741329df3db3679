package io.tamada.agent.haproxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What `GET /cluster` says, in the field names that Patroni gave it.
public record ClusterDocument(String scope, List<Member> members) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DEFAULT_REST_PORT = 8008;

    public ClusterDocument {
        members = List.copyOf(members);
    }

    /// One member as reported.
    ///
    /// @param host where PostgreSQL listens; empty while the member has not said so
    /// @param timeline empty while unknown
    /// @param lagBytes behind the leader; empty for the leader and while unknown
    public record Member(
            String name,
            String role,
            String state,
            String apiUrl,
            String host,
            int port,
            OptionalLong timeline,
            OptionalLong lagBytes) {

        public boolean leads() {
            return role.equals("leader") || role.equals("standby_leader");
        }

        /// A standby that streams. Patroni before 3.1 says `running` of it.
        public boolean follows() {
            return !leads()
                    && (state.equals("streaming") || state.equals("running"))
                    && timeline.isPresent();
        }

        boolean overTls() {
            return apiUrl.startsWith("https:");
        }

        String restHost() {
            String host = URI.create(apiUrl).getHost();
            return host == null ? "" : host;
        }

        int restPort() {
            int port = URI.create(apiUrl).getPort();
            return port > 0 ? port : DEFAULT_REST_PORT;
        }
    }

    /// @throws IllegalArgumentException when the text is not such a document; says what is
    /// missing
    public static ClusterDocument parse(String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(
                    "not JSON: " + malformed.getOriginalMessage(), malformed);
        }
        if (root == null || !root.path("members").isArray()) {
            throw new IllegalArgumentException("no list of members in it");
        }
        var members = new ArrayList<Member>();
        for (JsonNode node : root.path("members")) {
            members.add(member(node));
        }
        return new ClusterDocument(root.path("scope").asText(""), members);
    }

    private static Member member(JsonNode node) {
        String name = node.path("name").asText("");
        String apiUrl = node.path("api_url").asText("");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a member without a name");
        }
        try {
            URI.create(apiUrl);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "member " + name + ": api_url '" + apiUrl + "' is not a URL", malformed);
        }
        return new Member(
                name,
                node.path("role").asText(""),
                node.path("state").asText(""),
                apiUrl,
                node.path("host").asText(""),
                node.path("port").asInt(0),
                number(node.path("timeline")),
                number(node.path("lag")));
    }

    private static OptionalLong number(JsonNode node) {
        return node.isIntegralNumber() ? OptionalLong.of(node.asLong()) : OptionalLong.empty();
    }
}
