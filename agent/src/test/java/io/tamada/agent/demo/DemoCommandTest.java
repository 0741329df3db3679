package io.tamada.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class DemoCommandTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "--nodes=0,       --nodes: 0 is not between 1 and 7",
                "--nodes=8,       --nodes: 8 is not between 1 and 7",
                "--for=soon,      'soon' is not a time such as 60s",
                "--kill-every=0s, '0s' is not a time such as 60s",
                "--bin-dir=/tmp,  --bin-dir: no postgres and initdb in /tmp",
                "--unknown,       Unknown option: '--unknown'"
            })
    void aMistakeInTheOptionsIsExitCodeTwoAndStartsNothing(String option, String complaint) {
        var err = new StringWriter();
        int exitCode =
                new CommandLine(new DemoCommand()).setErr(new PrintWriter(err)).execute(option);

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString()).contains(complaint);
    }

    @Test
    void timesAreReadInTheirUnits() {
        var time = new DemoCommand.Time();

        assertThat(time.convert("500ms")).hasMillis(500);
        assertThat(time.convert("60s")).hasSeconds(60);
        assertThat(time.convert("5m")).hasMinutes(5);
    }
}
