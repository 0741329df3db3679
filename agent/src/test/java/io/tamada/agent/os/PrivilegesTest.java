package io.tamada.agent.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// For real, as root, each in a process of its own.
@Timeout(60)
class PrivilegesTest {

    /// Below /tmp itself: JUnit's directories are closed to other users.
    private Path place = Path.of("");

    @BeforeEach
    void openPlace() throws IOException {
        assumeTrue(ProcessStatus.self().effectiveUid() == 0, "only root can give up root's rights");
        assumeTrue(UnixUser.byName("postgres") != null, "needs the user postgres");
        place = Files.createTempDirectory("tamada-privileges");
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void cleanUp() throws IOException {
        if (!place.toString().isEmpty()) {
            try (Stream<Path> all = Files.walk(place)) {
                for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static String probe(Path dataDirectory) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-XX:+UseSerialGC", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", classes(), PrivilegesProbe.class.getName()));
        command.add(dataDirectory.toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", "/root");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.replace("pid " + process.pid(), "pid kept");
    }

    /// Only what the probe needs, where the new user can read it.
    private static String classes() {
        List<String> kept = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            if (entry.endsWith("classes")) {
                kept.add(entry);
            }
        }
        return String.join(":", kept);
    }

    private static void assumeReachable() {
        for (String entry : classes().split(":", -1)) {
            for (Path path = Path.of(entry); path != null; path = path.getParent()) {
                assumeTrue(openToAll(path), "the build is below a directory closed to others");
            }
        }
    }

    private static boolean openToAll(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                    .matches(".*[xt]");
        } catch (IOException _) {
            return false;
        }
    }

    private static void giveTo(String user, Path path) throws IOException {
        Files.setOwner(
                path,
                path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
    }

    @Test
    void theWholeProcessBecomesTheOwnerAndCannotGoBack() throws Exception {
        assumeReachable();
        Path data = Files.createDirectory(place.resolve("data"));
        giveTo("postgres", data);

        assertThat(probe(data).lines())
                .contains(
                        "owner postgres",
                        "all true",
                        "regains false",
                        "proc postgres",
                        "pid kept",
                        "cwd kept true",
                        "writes true")
                .anyMatch(line -> line.matches("child postgres .*postgres.* /\\S+ postgres none"))
                .noneMatch(line -> line.contains("/root"));
    }

    @Test
    void aMissingDirectoryIsCreatedForThePostgresUserOnlyItMayEnter() throws Exception {
        assumeReachable();
        Path data = place.resolve("a/b/data");

        assertThat(probe(data).lines()).contains("owner postgres", "writes true");

        assertThat(Files.getOwner(data).getName()).isEqualTo("postgres");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
    }

    @Test
    void aMissingDirectoryBelongsToTheOwnerOfWhatHoldsIt() throws Exception {
        assumeReachable();
        giveTo("nobody", place);
        Path data = place.resolve("data");

        assertThat(probe(data).lines()).contains("owner nobody", "writes true");

        assertThat(Files.getOwner(data).getName()).isEqualTo("nobody");
    }

    @Test
    void anEmptyDirectoryOfRootsIsAFreshVolumeAndIsTakenOver() throws Exception {
        assumeReachable();
        Path data = Files.createDirectory(place.resolve("data"));

        assertThat(probe(data).lines()).contains("owner postgres", "writes true");
    }

    @Test
    void aDirectoryOfRootsWithContentIsRefusedWithACure() throws Exception {
        Path data = Files.createDirectory(place.resolve("data"));
        Files.createFile(data.resolve("PG_VERSION"));

        assertThat(probe(data))
                .startsWith("refused postgresql.data_dir: found " + data)
                .contains("cure: chown -R postgres " + data);
    }

    @Test
    void aDirectoryBehindAClosedOneIsRefusedWithACure() throws Exception {
        Path closed = Files.createDirectory(place.resolve("closed"));
        Path data = Files.createDirectory(closed.resolve("data"));
        giveTo("postgres", data);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));

        assertThat(probe(data)).contains("refused ").contains("cure: chmod o+x " + closed);
    }

    @Test
    void aFileInItsPlaceIsRefused() throws Exception {
        Path data = Files.createFile(place.resolve("data"));

        assertThat(probe(data)).startsWith("refused postgresql.data_dir: found " + data);
    }

    @Test
    void aDirectoryOfAnUnknownUserIsRefused() throws Exception {
        Path data = Files.createDirectory(place.resolve("data"));
        Files.setAttribute(data, "unix:uid", 54_321);

        assertThat(probe(data)).startsWith("refused ").contains("unknown user id 54321");
    }
}
