package io.growalert.history.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.history.store.StoredStatus;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusPageTest {
    @Test
    void a_page_has_not_passed_while_a_monitor_was_never_checked() {
        assertThat(StatusPage.overall(List.of())).isNull();
        assertThat(StatusPage.overall(List.of(StoredStatus.PASSED))).isEqualTo(StoredStatus.PASSED);
        assertThat(StatusPage.overall(Arrays.asList(StoredStatus.PASSED, null))).isNull();
        assertThat(StatusPage.overall(Arrays.asList(null, StoredStatus.FAILED, StoredStatus.PASSED)))
                .isEqualTo(StoredStatus.FAILED);
    }
}
