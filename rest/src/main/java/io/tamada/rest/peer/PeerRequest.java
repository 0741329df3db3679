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
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One GET over a socket of its own, as HTTP/1.0: such an answer ends where the connection ends
/// or where its length says, and is never chunked.
///
/// `java.net.http` would do it too, at the price of megabytes and threads that stay.
final class PeerRequest {

    /// A status document has about 1 kB; nothing usable is larger than this.
    static final int ANSWER_LIMIT_BYTES = 256 * 1024;

    private static final byte[] END_OF_HEADERS = {'\r', '\n', '\r', '\n'};

    private final String url;
    private final @Nullable SSLContext tls;
    private final long deadlineNanos;
    private volatile @Nullable Socket socket;
    private volatile boolean aborted;

    /// @param tls of https URLs; null when they cannot be asked.
    /// @param deadlineNanos an instant of `System.nanoTime`.
    PeerRequest(String url, @Nullable SSLContext tls, long deadlineNanos) {
        this.url = url;
        this.tls = tls;
        this.deadlineNanos = deadlineNanos;
    }

    /// Ends a request that is under way; its thread then sees an error at once.
    void abort() {
        aborted = true;
        closeQuietly(socket);
    }

    /// The body of the answer.
    ///
    /// @throws IOException with a message for people when there is no usable answer.
    byte[] body() throws IOException {
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

    private byte[] exchange(Socket connected, HostPort address) throws IOException {
        String host = address.host().indexOf(':') < 0 ? address.host() : "[" + address.host() + "]";
        String request =
                "GET "
                        + path()
                        + " HTTP/1.0\r\nHost: "
                        + host
                        + "\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
        connected.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        connected.getOutputStream().flush();
        return bodyOf(connected);
    }

    private String path() {
        int slash = url.indexOf('/', url.indexOf("://") + 3);
        String path = slash < 0 ? "/patroni" : url.substring(slash);
        return path.equals("/") ? "/patroni" : path.replaceAll("[\\s\\p{Cntrl}]", "");
    }

    private byte[] bodyOf(Socket connected) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream(2048);
        InputStream in = connected.getInputStream();
        byte[] buffer = new byte[4096];
        int bodyStart = -1;
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
            if (bodyStart < 0) {
                byte[] soFar = answer.toByteArray();
                bodyStart = indexOf(soFar, END_OF_HEADERS);
                if (bodyStart >= 0) {
                    wanted = wantedLength(soFar, bodyStart);
                }
            }
        }
        if (bodyStart < 0) {
            throw new IOException("its answer is not HTTP");
        }
        byte[] all = answer.toByteArray();
        int end = Math.min(all.length, wanted);
        byte[] body = new byte[end - bodyStart];
        System.arraycopy(all, bodyStart, body, 0, body.length);
        return body;
    }

    /// How long the whole answer is, headers included, or a huge number where it ends with the
    /// connection.
    private static int wantedLength(byte[] answer, int bodyStart) throws IOException {
        String[] lines =
                new String(answer, 0, bodyStart, StandardCharsets.ISO_8859_1).split("\r\n", -1);
        if (!lines[0].matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
            throw new IOException("its answer is not HTTP");
        }
        String status = lines[0].substring(9, 12);
        if (!status.equals("200")) {
            throw new IOException("it answered with HTTP status " + status);
        }
        for (String line : lines) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).strip();
            String value = colon < 0 ? "" : line.substring(colon + 1).strip();
            if (name.equalsIgnoreCase("transfer-encoding")) {
                throw new IOException("its answer is chunked, against HTTP/1.0");
            }
            if (name.equalsIgnoreCase("content-length")) {
                if (!value.matches("\\d{1,9}")) {
                    throw new IOException("its answer has a broken length");
                }
                int length = Integer.parseInt(value);
                if (length > ANSWER_LIMIT_BYTES) {
                    throw new IOException("its answer is too large");
                }
                return bodyStart + length;
            }
        }
        return Integer.MAX_VALUE;
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
