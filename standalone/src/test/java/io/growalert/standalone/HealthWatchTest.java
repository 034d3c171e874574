package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthWatchTest {
    private final List<String> lines = new ArrayList<>();
    private final HealthWatch watch = new HealthWatch((part, state) -> lines.add(part + " is " + state));
    private Supplier<PartHealth> now = () -> PartHealth.WELL;

    HealthWatchTest() {
        watch.watch(Part.DISPATCHER, () -> now.get());
    }

    @AfterEach
    void close() {
        watch.close();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watch.look(Part.DISPATCHER);
        }
    }

    @Test
    void a_change_that_lasts_is_one_line_and_so_is_its_end() {
        look(3);
        now = () -> new PartHealth("DEGRADED", "notifier parked=150");
        look(5);
        now = () -> PartHealth.WELL;
        look(5);

        assertThat(lines)
                .containsExactly(
                        "the alert-dispatcher is DEGRADED: notifier parked=150", "the alert-dispatcher is UP again");
    }

    @Test
    void what_is_seen_once_is_not_reported() {
        now = () -> new PartHealth("DOWN", "kafka");
        look(1);
        now = () -> PartHealth.WELL;
        look(3);

        assertThat(lines).isEmpty();
    }

    @Test
    void a_health_that_cannot_be_read_is_down() {
        now = () -> {
            throw new StackOverflowError("as in a bug");
        };
        look(2);

        assertThat(lines)
                .containsExactly("the alert-dispatcher is DOWN: its health cannot be read: "
                        + "java.lang.StackOverflowError: as in a bug");
    }

    @Test
    void a_loop_that_hangs_is_down_with_its_reason() {
        var nanos = new AtomicLong();
        var loop = new Progress("room-replay", nanos::get);
        loop.begin();
        assertThat(PartHealth.of(loop)).isEqualTo(PartHealth.WELL);

        nanos.addAndGet(Duration.ofSeconds(31).toNanos());

        assertThat(PartHealth.of(loop)).hasToString("DOWN: room-replay no progress for 31 s");
    }
}
