package io.growalert.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertTest {
    private static final CheckContext CONTEXT = new CheckContext(Instant.EPOCH, Instant.EPOCH.plusSeconds(1));

    private final List<String> notified = new ArrayList<>();
    private final Alert alert = (monitor, context, errors) -> notified.add(monitor);

    @Test
    void once_notifies_of_a_problem_once_until_the_check_passes_again() throws Exception {
        var once = Alert.once(alert);

        once.failed("a", CONTEXT, List.of());
        once.failed("a", CONTEXT, List.of());
        once.passed("a", CONTEXT);
        once.failed("a", CONTEXT, List.of());

        assertThat(notified).containsExactly("a", "a");
    }

    @Test
    void once_may_be_shared_by_monitors() throws Exception {
        var once = Alert.once(alert);

        once.failed("a", CONTEXT, List.of());
        once.failed("b", CONTEXT, List.of());
        once.passed("b", CONTEXT);
        once.failed("a", CONTEXT, List.of());

        assertThat(notified).containsExactly("a", "b");
    }

    @Test
    void all_notifies_every_alert_even_after_one_that_throws() {
        var first = new IOException("first");
        var second = new AssertionError("second");
        var all = Alert.all(throwing(first), alert, throwing(second), Alert.none(), alert);

        assertThatThrownBy(() -> all.failed("a", CONTEXT, List.of()))
                .isSameAs(first)
                .hasSuppressedException(second);

        assertThat(notified).containsExactly("a", "a");
    }

    @Test
    void all_rearms_an_alert_that_notifies_once() throws Exception {
        var all = Alert.all(Alert.none(), Alert.once(alert));

        all.failed("a", CONTEXT, List.of());
        all.passed("a", CONTEXT);
        all.failed("a", CONTEXT, List.of());

        assertThat(notified).hasSize(2);
    }

    private static Alert throwing(Throwable thrown) {
        return (monitor, context, errors) -> {
            if (thrown instanceof Exception exception) {
                throw exception;
            }
            throw (Error) thrown;
        };
    }
}
