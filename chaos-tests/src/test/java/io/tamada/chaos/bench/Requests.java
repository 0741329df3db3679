package io.tamada.chaos.bench;

import io.tamada.chaos.cluster.Launched;
import io.tamada.chaos.cluster.Rest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Load on one path of a REST API: `wrk` where it is installed, else sixteen threads of our own,
/// which are slower and say so.
final class Requests {

    private static final int CONNECTIONS = 16;
    private static final Duration LENGTH = Duration.ofSeconds(5);
    private static final Path WRK = Path.of("/usr/bin/wrk");
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern WRONG = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    private Requests() {}

    static double aSecond(int port, String path) {
        return Files.isExecutable(WRK) ? byWrk(port, path) : byThreads(port, path);
    }

    private static double byWrk(int port, String path) {
        String output =
                Launched.run(
                        Launched.As.CALLER,
                        Path.of("/tmp"),
                        LENGTH.multipliedBy(4),
                        List.of(
                                WRK.toString(),
                                "-t2",
                                "-c" + CONNECTIONS,
                                "-d" + LENGTH.toSeconds() + "s",
                                "http://127.0.0.1:" + port + path));
        Matcher wrong = WRONG.matcher(output);
        if (wrong.find()) {
            System.out.println("  " + wrong.group());
        }
        Matcher rate = RATE.matcher(output);
        if (!rate.find()) {
            throw new AssertionError("wrk printed no rate: " + output);
        }
        return Double.parseDouble(rate.group(1));
    }

    private static double byThreads(int port, String path) {
        System.out.println("  wrk is not installed; the next figure is from a slower client");
        LongAdder good = new LongAdder();
        long end = System.nanoTime() + LENGTH.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < CONNECTIONS; number++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (System.nanoTime() < end) {
                                            if (Rest.ask(port, path).status() == 200) {
                                                good.increment();
                                            }
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        return good.sum() / (double) LENGTH.toSeconds();
    }
}
