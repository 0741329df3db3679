package io.tamada.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DemoPortsTest {

    @Test
    void onAFreeMachineEveryPortIsTheDocumentedOne() throws DemoFailure {
        assertThat(DemoPorts.choose(3, _ -> true))
                .isEqualTo(
                        new DemoPorts(
                                5432,
                                5433,
                                8404,
                                2379,
                                2380,
                                List.of(8008, 8009, 8010),
                                List.of(5442, 5443, 5444),
                                List.of()));
    }

    @Test
    void aPortInUseMovesOnPastThoseThatAreWantedAndSaysSo() throws DemoFailure {
        Set<Integer> used = Set.of(5432, 8009);

        DemoPorts ports = DemoPorts.choose(3, port -> !used.contains(port));

        assertThat(ports.write()).isEqualTo(5434);
        assertThat(ports.read()).isEqualTo(5433);
        assertThat(ports.rest()).containsExactly(8008, 8011, 8010);
        assertThat(ports.notices())
                .containsExactly(
                        "port 5432 is in use: read-write is on 5434 instead",
                        "port 8009 is in use: REST of node2 is on 8011 instead");
    }

    @Test
    void aMachineWithoutFreePortsIsAClearFailure() {
        assertThatThrownBy(() -> DemoPorts.choose(1, _ -> false))
                .hasMessage("no free port for read-write from 5432 on");
    }

    @Test
    void twoDemosOnOneMachineShareNoPort() throws Exception {
        DemoPorts first = DemoPorts.choose(1);
        try (var held =
                new java.net.ServerSocket(
                        first.write(), 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThat(DemoPorts.choose(1).write()).isNotEqualTo(held.getLocalPort());
        }
    }
}
