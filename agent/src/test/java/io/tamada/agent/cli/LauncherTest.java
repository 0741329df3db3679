package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Runs the real launcher in a checkout whose Java is a script that tells how it was called.
@Timeout(60)
class LauncherTest {

    private static final Path LAUNCHER = Path.of("..", "tamada");

    private Path place = Path.of("");
    private Path checkout = Path.of("");

    @BeforeEach
    void makeCheckout() throws IOException {
        place = Files.createTempDirectory("tamada-launcher");
        open(place);
        checkout = Files.createDirectories(place.resolve("a check out"));
        Files.copy(LAUNCHER, checkout.resolve("tamada"));
        executable(checkout.resolve("tamada"));
    }

    @AfterEach
    void cleanUp() throws IOException {
        try (Stream<Path> all = Files.walk(place)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void open(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path java(String name, String version) throws IOException {
        Path home = place.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        Path java = home.resolve("bin/java");
        Files.writeString(
                java,
                """
                #!/bin/sh
                echo "java $0"
                echo "pid $$"
                echo "cwd $PWD"
                echo "arenas $MALLOC_ARENA_MAX"
                for argument; do echo "argument $argument"; done
                exit 7
                """);
        executable(java);
        return home;
    }

    private void pretendToHaveBuilt() throws IOException {
        Path dist = checkout.resolve("agent/target/dist-1-1");
        Files.createDirectories(dist.resolve("lib"));
        Files.createFile(dist.resolve("lib/tamada-agent-9.jar"));
        Files.createFile(dist.resolve("jvm.options"));
        Files.createSymbolicLink(checkout.resolve("agent/target/dist"), Path.of("dist-1-1"));
    }

    private record Ran(int code, long pid, String output) {}

    private Ran run(Map<String, String> environment, String... arguments) throws Exception {
        return run(environment, checkout.resolve("tamada"), arguments);
    }

    private Ran run(Map<String, String> environment, Path launcher, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>();
        command.add(launcher.toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(place.toFile()).redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        builder.environment().remove("MALLOC_ARENA_MAX");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), process.pid(), output);
    }

    @Test
    void theStartedProcessIsTheAgentInItsOwnDirectory() throws Exception {
        pretendToHaveBuilt();
        Path home = java("jdk 30", "30.0.1");

        Ran ran = run(Map.of("JAVA_HOME", home.toString()), "agent", "a file.yml");

        assertThat(ran.code()).isEqualTo(7);
        assertThat(ran.output().lines())
                .contains(
                        "java " + home + "/bin/java",
                        "pid " + ran.pid(),
                        "cwd " + place,
                        "arenas 2",
                        "argument agent",
                        "argument a file.yml",
                        "argument io.tamada.agent.Main",
                        "argument @" + checkout + "/agent/target/dist-1-1/jvm.options",
                        "argument " + checkout + "/agent/target/dist-1-1/lib/tamada-agent-9.jar");
    }

    @Test
    void aLinkToTheLauncherFindsTheCheckout() throws Exception {
        pretendToHaveBuilt();
        Path link = Files.createSymbolicLink(place.resolve("tamada"), checkout.resolve("tamada"));

        Ran ran = run(Map.of("JAVA_HOME", java("jdk", "25").toString()), link, "agent");

        assertThat(ran.code()).isEqualTo(7);
    }

    @Test
    void withoutABuildTheAgentSaysWhatToDoAndWritesNothing() throws Exception {
        Ran ran = run(Map.of("JAVA_HOME", java("jdk", "25").toString()), "agent", "x.yml");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.output()).contains("run ./tamada build first");
        try (Stream<Path> files = Files.list(checkout)) {
            assertThat(files).containsExactly(checkout.resolve("tamada"));
        }
    }

    @Test
    void aJavaHomeThatIsTooOldIsPassedOverWithANotice() throws Exception {
        pretendToHaveBuilt();
        Path old = java("old", "17.0.2");
        Path good = java("good", "25.0.1");

        Ran ran =
                run(
                        Map.of(
                                "JAVA_HOME",
                                old.toString(),
                                "PATH",
                                good + "/bin:" + System.getenv("PATH")),
                        "agent");

        assertThat(ran.output())
                .contains("JAVA_HOME=" + old + " is no JDK 25 or later, using " + good)
                .contains("java " + good + "/bin/java");
    }

    @Test
    void aJavaHomeThatDoesNotExistIsPassedOverWithANotice() throws Exception {
        pretendToHaveBuilt();
        Path good = java("good", "26-ea");

        Ran ran =
                run(
                        Map.of(
                                "JAVA_HOME",
                                "/no such place",
                                "PATH",
                                good + "/bin:" + System.getenv("PATH")),
                        "agent");

        assertThat(ran.output())
                .contains("JAVA_HOME=/no such place is no JDK")
                .contains("java " + good + "/bin/java");
    }

    @Test
    void theHelpNeedsNoJavaAndNamesEveryCommand() throws Exception {
        Ran ran = run(Map.of("PATH", "/usr/bin:/bin"), "help");

        assertThat(ran.code()).isZero();
        assertThat(ran.output())
                .contains("./tamada demo")
                .contains("./tamada test")
                .contains("./tamada agent CONFIG.yml")
                .contains("haproxy-config")
                .contains("validate-config")
                .contains(CommandLines.all().getSubcommands().keySet());
    }

    @Test
    void whatAnOperatorTypesIsAnsweredByWhatIsBuiltAlready() throws Exception {
        pretendToHaveBuilt();
        Map<String, String> environment = Map.of("JAVA_HOME", java("jdk", "25").toString());

        for (String command : List.of("list", "edit-config", "query", "flush", "promote-cluster")) {
            assertThat(run(environment, command).output().lines())
                    .contains("argument " + command)
                    .noneMatch(line -> line.contains("building"));
        }
        assertThat(run(environment, "-c", "x.yml", "query").output().lines())
                .containsSubsequence("argument -c", "argument x.yml", "argument query");
    }

    @Test
    void anUnknownArgumentOfTheTestsIsRefusedBeforeAnythingRuns() throws Exception {
        Ran ran = run(Map.of(), "test", "--fautls");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.output()).contains("found '--fautls', expected --faults");
    }
}
