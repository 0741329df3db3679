package io.tamada.haproxy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The installed HAProxy, and what it says of a configuration.
final class HaproxyBinary {

    private static final int CHECK_SECONDS = 20;

    private HaproxyBinary() {}

    record Verdict(int exitCode, String output) {}

    static String path() {
        for (String candidate : List.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy")) {
            if (Files.isExecutable(Path.of(candidate))) {
                return candidate;
            }
        }
        throw new IllegalStateException("haproxy is not installed: apt-get install haproxy");
    }

    static Verdict check(String configuration) throws IOException, InterruptedException {
        Path file = Files.createTempFile("tamada-haproxy", ".cfg");
        try {
            Files.writeString(file, configuration);
            Process process =
                    new ProcessBuilder(path(), "-c", "-f", file.toString())
                            .redirectErrorStream(true)
                            .start();
            if (!process.waitFor(CHECK_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("haproxy -c does not end");
            }
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Verdict(process.exitValue(), output);
        } finally {
            Files.delete(file);
        }
    }
}
