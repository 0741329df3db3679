package io.tamada.rest;

import io.tamada.core.member.MemberState;
import io.tamada.core.postgres.ProbeBoard.Reading;
import io.tamada.core.time.Monotonic;
import java.util.concurrent.locks.LockSupport;

/// Serves a primary's API until it is interrupted, for measuring: first argument the port. Prints
/// when it began to listen, in milliseconds after the start of the JVM.
public final class ServeOnly {

    private ServeOnly() {}

    public static void main(String[] args) {
        World world = new World();
        RestSettings settings = world.settings();
        RestSettings withPort =
                new RestSettings(
                        settings.hosts(),
                        Integer.parseInt(args[0]),
                        settings.tls(),
                        settings.extraHeaders(),
                        settings.login(),
                        settings.allowlist(),
                        settings.allowlistIncludesMembers(),
                        settings.scope(),
                        settings.member(),
                        settings.tags(),
                        settings.productVersion(),
                        settings.patroniVersion());
        world.now = new Monotonic(System.nanoTime());
        long before = System.nanoTime();
        RestServer server =
                new RestServer(withPort, world.primary().api(), world.failsafe(), world.control());
        RestServer.Started started = server.start();
        long took = (System.nanoTime() - before) / 1_000_000;
        long sinceStart =
                System.currentTimeMillis()
                        - ProcessHandle.current()
                                .info()
                                .startInstant()
                                .orElseThrow()
                                .toEpochMilli();
        System.out.println(
                started + " start() took " + took + " ms, since exec " + sinceStart + " ms");
        while (true) {
            world.now = new Monotonic(System.nanoTime());
            world.probe.publish(new Reading(world.primaryStatus(), world.now, MemberState.RUNNING));
            world.primary();
            LockSupport.parkNanos(1_000_000_000L);
        }
    }
}
