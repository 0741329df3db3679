package io.tamada.agent.run;

import java.time.Duration;

/// A process in which a thread dies as an agent's may: for {@link SuddenEndTest}.
final class SuddenEndProbe {

    private SuddenEndProbe() {}

    /// @param arguments `thread` or `main`: who dies.
    public static void main(String[] arguments) throws InterruptedException {
        SuddenEnd.install();
        // As the event loop of the REST API, which is no daemon.
        Thread.ofPlatform().daemon(false).start(SuddenEndProbe::live);
        Runtime.getRuntime().addShutdownHook(new Thread(SuddenEndProbe::live));
        if (arguments[0].equals("main")) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        Thread.ofPlatform()
                .name("deadman")
                .start(
                        () -> {
                            throw new IllegalStateException("/proc cannot be read");
                        });
        live();
    }

    private static void live() {
        try {
            Thread.sleep(Duration.ofMinutes(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
