package io.tamada.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SuddenEndTest {

    @ParameterizedTest
    @CsvSource({
        "main, thread main has died: java.lang.OutOfMemoryError: unable to create native thread",
        "thread, thread deadman has died: java.lang.IllegalStateException: /proc cannot be read"
    })
    void theProcessOfAThreadThatDiesIsGoneAtOnceAndSaysWhy(String who, String why)
            throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                SuddenEndProbe.class.getName(),
                                who)
                        .redirectErrorStream(true)
                        .start();
        try {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).isEqualTo(SuddenEnd.EXIT_CODE);
            assertThat(output).contains(why).contains("at io.tamada.agent.run.SuddenEndProbe");
        } finally {
            process.destroyForcibly();
        }
    }
}
