package io.tamada.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClusterViewTest {

    @Test
    void whatAPersonTypesNeedNotBeANameToBeLookedFor() {
        assertThat(ClusterView.EMPTY.member("a/b")).isNull();
        assertThat(ClusterView.EMPTY.member("")).isNull();
    }
}
