package io.tamada.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A client that sees the bytes: one connection, requests written as they are.
final class Wire implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;

    /// @param head status line and headers, in lower case.
    record Reply(int status, String head, String body) {}

    private final Socket socket = new Socket();

    Wire(int port) throws IOException {
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
    }

    static Reply once(int port, String method, String path) throws IOException {
        try (Wire wire = new Wire(port)) {
            return wire.request(method, path);
        }
    }

    Reply request(String method, String path) throws IOException {
        send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        return reply(method);
    }

    /// A request with a body, as `curl -d` sends it.
    static Reply command(int port, String method, String path, String body, String... headers)
            throws IOException {
        try (Wire wire = new Wire(port)) {
            StringBuilder head =
                    new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: x\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            int length = body.getBytes(StandardCharsets.UTF_8).length;
            wire.send(head + "Content-Length: " + length + "\r\n\r\n" + body);
            return wire.reply(method);
        }
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /// Reads one answer; to one for HEAD belongs no body, whatever its length says.
    Reply reply(String method) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after: " + head);
            }
            head.write(next);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int length = 0;
        for (String line : text.split("\r\n", -1)) {
            if (line.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        byte[] body = method.equals("HEAD") ? new byte[0] : in.readNBytes(length);
        return new Reply(
                Integer.parseInt(text.substring(9, 12)),
                text,
                new String(body, StandardCharsets.UTF_8));
    }

    /// Waits until the other side has closed.
    boolean isClosedByServer() throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {
                // What was still under way does not matter.
            }
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
