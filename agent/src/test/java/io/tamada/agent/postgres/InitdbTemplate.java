package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tamada.core.postgres.PostgresCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What our own initdb leaves, made once in each JVM and copied from then on: initdb takes longer
/// than most tests.
final class InitdbTemplate {

    private static final String NAME = "template";
    private static @Nullable Path root;

    private InitdbTemplate() {}

    static synchronized void copyInto(PostgresSettings settings) throws Exception {
        if (root == null) {
            root = make();
        }
        Path data = root.resolve(NAME);
        copy(data, settings.dataDirectory());
        StateDirectory state = new StateDirectory(settings.stateDirectory());
        state.create();
        state.bootstrapPending();
        if (new ControlFile(settings).read() instanceof ControlFile.Parsed parsed) {
            state.remember(parsed.data().system(), settings.scope(), settings.memberName());
        }
    }

    private static Path make() throws Exception {
        Path made = Files.createTempDirectory(Path.of("/tmp"), "tamada-initdb");
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    try {
                                        DurableFiles.deleteTree(made);
                                    } catch (IOException failure) {
                                        throw new UncheckedIOException(failure);
                                    }
                                }));
        try (TestNode node = new TestNode(made, NAME)) {
            node.succeed(new PostgresCommand.Initdb());
        }
        return made;
    }

    private static void copy(Path from, Path to) throws Exception {
        Process copy =
                new ProcessBuilder("cp", "-a", from.toString(), to.toString()).inheritIO().start();
        assertThat(copy.waitFor()).isZero();
    }
}
