package io.tamada.agent.os;

import io.tamada.agent.postgres.CleanEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Gives up root's rights in a process of its own and tells what is left of them.
final class PrivilegesProbe {

    private PrivilegesProbe() {}

    public static void main(String[] arguments) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread bystander =
                new Thread(
                        () -> {
                            try {
                                end.await();
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt();
                            }
                        });
        bystander.start();
        String directoryBefore = Path.of("").toAbsolutePath().toString();
        Privileges.Result result = Privileges.dropFor(Path.of(arguments[0]));
        switch (result) {
            case Privileges.NotRoot() -> System.out.println("not root");
            case Privileges.Refused(String reason) -> System.out.println("refused " + reason);
            case Privileges.Dropped(UnixUser owner) -> {
                System.out.println("owner " + owner.name());
                System.out.println("all " + ProcessStatus.everyThreadIs(owner.uid(), owner.gid()));
                System.out.println("regains " + PrivilegesCalls.regainsRoot());
                System.out.println("proc " + Files.getOwner(Path.of("/proc/self/status")));
                System.out.println("pid " + ProcessHandle.current().pid());
                System.out.println(
                        "cwd kept "
                                + directoryBefore.equals(Path.of("").toAbsolutePath().toString()));
                System.out.println("writes " + writes(Path.of(arguments[0])));
                System.out.println("child " + child());
            }
        }
        end.countDown();
    }

    private static boolean writes(Path directory) {
        try {
            Files.delete(Files.createFile(directory.resolve("probe")));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static String child() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        "sh",
                        "-c",
                        "echo $(id -un) $(id -Gn) $HOME $USER ${PATRONI_SUPERUSER_PASSWORD-none}");
        builder.environment().put("PATRONI_SUPERUSER_PASSWORD", "secret");
        Map<String, String> clean = CleanEnvironment.of(builder.environment());
        builder.environment().clear();
        builder.environment().putAll(clean);
        Process process = builder.start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
