package io.tamada.chaos.cluster.comparison;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// HTTP as bytes: an answer of a status line alone, or a request without a length, is nothing that
/// a client library would let through.
final class Wire {

    private static final int CONNECT_MILLIS = 2_000;

    /// A switchover is waited for by the one who asks.
    private static final int READ_MILLIS = 40_000;

    private Wire() {}

    /// @param type the header `Content-Type`; `none` when there is none.
    record Answer(int status, String type, String body) {}

    static Answer send(
            int port,
            String method,
            String target,
            Map<String, String> headers,
            @Nullable String body) {
        StringBuilder head =
                new StringBuilder("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n".formatted(method, target))
                        .append("Connection: close\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] content = (body == null ? "" : body).getBytes(StandardCharsets.UTF_8);
        if (body != null) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            socket.setSoTimeout(READ_MILLIS);
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            request.writeBytes(content);
            socket.getOutputStream().write(request.toByteArray());
            return parse(readToEnd(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + target + " on port " + port, e);
        }
    }

    /// A server that closes with something unread resets the connection behind its answer.
    private static String readToEnd(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[8192];
        try {
            for (int n = socket.getInputStream().read(some);
                    n >= 0;
                    n = socket.getInputStream().read(some)) {
                all.write(some, 0, n);
            }
        } catch (java.net.SocketException reset) {
            if (all.size() == 0) {
                throw reset;
            }
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static Answer parse(String text) throws IOException {
        int end = text.indexOf("\r\n\r\n");
        String[] lines = (end < 0 ? text : text.substring(0, end)).split("\r\n", -1);
        String[] first = lines[0].split(" ", 3);
        if (first.length < 2) {
            throw new IOException("no status line: " + text);
        }
        String type = "none";
        for (String line : lines) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("transfer-encoding:")) {
                throw new IOException("not read here: " + line);
            }
            if (lower.startsWith("content-type:")) {
                type = line.substring("content-type:".length()).strip();
            }
        }
        return new Answer(Integer.parseInt(first[1]), type, end < 0 ? "" : text.substring(end + 4));
    }
}
