package io.tamada.haproxy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A member small enough for a test: a REST API that says its role, and a TCP server in place of
/// PostgreSQL that greets with its name and echoes whatever it is sent.
final class FakeMember implements AutoCloseable {

    enum Role {
        PRIMARY,
        STANDBY
    }

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final String name;
    private final HttpServer rest;
    private final ServerSocket postgres;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch thawed = new CountDownLatch(1);
    private final List<Socket> sessions = new CopyOnWriteArrayList<>();
    private volatile Role role;
    private volatile boolean frozen;

    FakeMember(String name, Role role) throws IOException {
        this.name = name;
        this.role = role;
        var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        rest = HttpServer.create(anyPort, 0);
        rest.setExecutor(threads);
        answer("/primary", Role.PRIMARY);
        answer("/replica", Role.STANDBY);
        rest.start();
        postgres = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    ProxyMember member() {
        return new ProxyMember(
                name, "127.0.0.1", postgres.getLocalPort(), rest.getAddress().getPort());
    }

    /// The same member under the name of another, as if that one had moved here.
    ProxyMember memberNamed(String other) {
        return new ProxyMember(
                other, "127.0.0.1", postgres.getLocalPort(), rest.getAddress().getPort());
    }

    void become(Role next) {
        role = next;
    }

    /// From now on the REST API takes requests and answers none; open sessions hang on.
    void freeze() {
        frozen = true;
    }

    private void answer(String path, Role whenOk) {
        rest.createContext(
                path,
                exchange -> {
                    try (exchange) {
                        if (frozen) {
                            thawed.await();
                        }
                        exchange.sendResponseHeaders(role == whenOk ? OK : UNAVAILABLE, -1);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private void accept() {
        while (!postgres.isClosed()) {
            try {
                Socket session = postgres.accept();
                sessions.add(session);
                threads.execute(() -> serve(session));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket session) {
        try (session) {
            OutputStream out = session.getOutputStream();
            InputStream in = session.getInputStream();
            out.write((name + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            out.flush();
            in.transferTo(out);
        } catch (IOException _) {
            // The proxy ended the session, which is what some tests wait for at the other end.
        }
    }

    @Override
    public void close() {
        thawed.countDown();
        rest.stop(0);
        try {
            postgres.close();
            for (Socket session : sessions) {
                session.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
