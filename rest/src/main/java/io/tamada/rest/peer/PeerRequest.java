package io.tamada.rest.peer;

import io.tamada.rest.document.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One request over a socket of its own, as HTTP/1.0: such an answer ends where the connection
/// ends or where its length says, and is never chunked.
///
/// `java.net.http` would do it too, at the price of megabytes and threads that stay.
final class PeerRequest {

    /// A status document has about 1 kB; nothing usable is larger than this.
    static final int ANSWER_LIMIT_BYTES = 256 * 1024;

    /// By this an agent is known, to which the status of this very moment matters.
    public static final String USER_AGENT = "Tamada/0.1";

    private static final int OK = 200;
    private static final byte[] END_OF_HEADERS = {'\r', '\n', '\r', '\n'};

    /// What is asked.
    ///
    /// @param path null for the path of the URL.
    /// @param authorization the header of that name; null for none.
    /// @param body null for none.
    record Question(
            String method,
            @Nullable String path,
            @Nullable String authorization,
            @Nullable String body) {

        static final Question STATUS = new Question("GET", null, null, null);
    }

    /// @param headers by name in lower case.
    record Answer(int status, SortedMap<String, String> headers, String body) {

        /// The body of an answer that is in order.
        String inOrder() throws IOException {
            if (status != OK) {
                throw new IOException("it answered with HTTP status " + status);
            }
            return body;
        }
    }

    /// Where the head of an answer ends and what it says.
    private record Head(int status, SortedMap<String, String> headers, int end) {}

    private final String url;
    private final Question question;
    private final @Nullable SSLContext tls;
    private final long deadlineNanos;
    private volatile @Nullable Socket socket;
    private volatile boolean aborted;

    /// @param tls of https URLs; null when they cannot be asked.
    /// @param deadlineNanos an instant of `System.nanoTime`.
    PeerRequest(String url, Question question, @Nullable SSLContext tls, long deadlineNanos) {
        this.url = url;
        this.question = question;
        this.tls = tls;
        this.deadlineNanos = deadlineNanos;
    }

    /// Ends a request that is under way; its thread then sees an error at once.
    void abort() {
        aborted = true;
        closeQuietly(socket);
    }

    /// @throws IOException with a message for people when there is no usable answer.
    Answer answer() throws IOException {
        HostPort address = HostPort.ofUrl(url);
        boolean https = url.startsWith("https://");
        if (address == null || !(https || url.startsWith("http://"))) {
            throw new IOException("its API URL cannot be used: " + url);
        }
        int port = address.port() != 0 ? address.port() : https ? 443 : 80;
        try (Socket plain = new Socket()) {
            open(plain);
            plain.connect(new InetSocketAddress(address.host(), port), remainingMillis());
            plain.setTcpNoDelay(true);
            if (!https) {
                return exchange(plain, address);
            }
            if (tls == null) {
                throw new IOException("TLS is not usable here");
            }
            plain.setSoTimeout(remainingMillis());
            try (Socket secured =
                    tls.getSocketFactory().createSocket(plain, address.host(), port, true)) {
                ((SSLSocket) secured).startHandshake();
                return exchange(secured, address);
            }
        } catch (SocketTimeoutException late) {
            throw new IOException("no answer in time", late);
        } catch (UnknownHostException unknown) {
            throw new IOException("unknown host " + address.host(), unknown);
        }
    }

    private void open(Socket opened) throws IOException {
        socket = opened;
        if (aborted) {
            throw new IOException("no answer in time");
        }
    }

    private Answer exchange(Socket connected, HostPort address) throws IOException {
        String host = address.host().indexOf(':') < 0 ? address.host() : "[" + address.host() + "]";
        StringBuilder request = new StringBuilder();
        request.append(question.method()).append(' ').append(path()).append(" HTTP/1.0\r\n");
        request.append("Host: ").append(host).append("\r\n");
        request.append("Accept: application/json\r\nConnection: close\r\n");
        request.append("User-Agent: ").append(USER_AGENT).append("\r\n");
        if (question.authorization() != null) {
            request.append("Authorization: ").append(question.authorization()).append("\r\n");
        }
        byte[] body =
                question.body() == null
                        ? new byte[0]
                        : question.body().getBytes(StandardCharsets.UTF_8);
        if (question.body() != null) {
            request.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n");
        }
        request.append("\r\n");
        ByteArrayOutputStream whole = new ByteArrayOutputStream(512);
        whole.writeBytes(request.toString().getBytes(StandardCharsets.ISO_8859_1));
        whole.writeBytes(body);
        connected.getOutputStream().write(whole.toByteArray());
        connected.getOutputStream().flush();
        return answerOf(connected);
    }

    private String path() {
        if (question.path() != null) {
            return question.path();
        }
        int slash = url.indexOf('/', url.indexOf("://") + 3);
        String path = slash < 0 ? "/patroni" : url.substring(slash);
        return path.equals("/") ? "/patroni" : path.replaceAll("[\\s\\p{Cntrl}]", "");
    }

    private Answer answerOf(Socket connected) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream(2048);
        InputStream in = connected.getInputStream();
        byte[] buffer = new byte[4096];
        Head head = null;
        int wanted = Integer.MAX_VALUE;
        while (answer.size() < wanted) {
            // Set anew before each read: whoever trickles bytes gets no more time than others.
            connected.setSoTimeout(remainingMillis());
            int count = in.read(buffer);
            if (count < 0) {
                break;
            }
            answer.write(buffer, 0, count);
            if (answer.size() > ANSWER_LIMIT_BYTES) {
                throw new IOException("its answer is too large");
            }
            if (head == null) {
                byte[] soFar = answer.toByteArray();
                int end = indexOf(soFar, END_OF_HEADERS);
                if (end >= 0) {
                    head = head(soFar, end);
                    wanted = wantedLength(head);
                }
            }
        }
        if (head == null) {
            throw new IOException("its answer is not HTTP");
        }
        byte[] all = answer.toByteArray();
        int end = Math.min(all.length, wanted);
        return new Answer(
                head.status(),
                head.headers(),
                new String(all, head.end(), end - head.end(), StandardCharsets.UTF_8));
    }

    private static Head head(byte[] answer, int end) throws IOException {
        String[] lines = new String(answer, 0, end, StandardCharsets.ISO_8859_1).split("\r\n", -1);
        if (!lines[0].matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
            throw new IOException("its answer is not HTTP");
        }
        SortedMap<String, String> headers = new TreeMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return new Head(Integer.parseInt(lines[0].substring(9, 12)), headers, end);
    }

    /// How long the whole answer is, headers included, or a huge number where it ends with the
    /// connection.
    private static int wantedLength(Head head) throws IOException {
        if (head.headers().containsKey("transfer-encoding")) {
            throw new IOException("its answer is chunked, against HTTP/1.0");
        }
        String value = head.headers().get("content-length");
        if (value == null) {
            return Integer.MAX_VALUE;
        }
        if (!value.matches("\\d{1,9}")) {
            throw new IOException("its answer has a broken length");
        }
        int length = Integer.parseInt(value);
        if (length > ANSWER_LIMIT_BYTES) {
            throw new IOException("its answer is too large");
        }
        return head.end() + length;
    }

    /// The index after the first occurrence of `pattern`, or -1.
    private static int indexOf(byte[] bytes, byte[] pattern) {
        for (int i = 0; i + pattern.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + pattern.length, pattern, 0, pattern.length)) {
                return i + pattern.length;
            }
        }
        return -1;
    }

    private int remainingMillis() throws SocketTimeoutException {
        long remaining = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (remaining <= 0) {
            throw new SocketTimeoutException("deadline");
        }
        return (int) Math.min(remaining, Integer.MAX_VALUE);
    }

    private static void closeQuietly(@Nullable Socket closing) {
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException _) {
                // It is being given up; there is nothing to save.
            }
        }
    }
}
