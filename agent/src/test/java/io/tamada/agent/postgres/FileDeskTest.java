package io.tamada.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FileDeskTest {

    private final FileDesk desk = new FileDesk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void whatTheDiskAnswersInTimeIsTheAnswer() throws Exception {
        assertThat(desk.look(() -> "fresh", "known")).isEqualTo("fresh");
        assertThatThrownBy(
                        () ->
                                desk.look(
                                        () -> {
                                            throw new IOException("unreadable");
                                        },
                                        "known"))
                .isInstanceOf(IOException.class)
                .hasMessage("unreadable");
    }

    @Test
    void whileOneLookHangsNobodyWaitsForAnother() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        AtomicInteger looks = new AtomicInteger();
        String first =
                desk.look(
                        () -> {
                            disk.await();
                            return "late";
                        },
                        "known");
        assertThat(first).isEqualTo("known");
        assertThat(desk.look(looks::incrementAndGet, -1)).isEqualTo(-1);
        assertThat(looks).hasValue(0);

        disk.countDown();
        int answer = -1;
        while (answer < 0) {
            answer = desk.look(looks::incrementAndGet, -1);
        }
        assertThat(answer).isEqualTo(1);
    }
}
