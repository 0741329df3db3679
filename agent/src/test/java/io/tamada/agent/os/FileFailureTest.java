package io.tamada.agent.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FileFailureTest {

    @Test
    void whatTheSystemHasSaidStandsBesideThePath() {
        assertThat(FileFailure.text(new AccessDeniedException("/a")))
                .isEqualTo("/a: permission denied");
        assertThat(FileFailure.text(new NoSuchFileException("/a")))
                .isEqualTo("/a: no such file or directory");
        assertThat(FileFailure.text(new FileAlreadyExistsException("/a")))
                .isEqualTo("/a: exists already");
        assertThat(FileFailure.text(new FileSystemException("/a", null, "Read-only file system")))
                .isEqualTo("/a: Read-only file system");
        assertThat(FileFailure.text(new IOException("No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(FileFailure.text(new IOException())).isEqualTo("IOException");
    }
}
