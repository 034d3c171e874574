package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RunningTest {
    private final List<Part> stopped = Collections.synchronizedList(new ArrayList<>());
    private final Running running = new Running();

    @Test
    void parts_stop_in_the_order_of_the_design_however_they_were_started() {
        start(Part.DATABASE);
        start(Part.MONITORS);
        start(Part.BROKER);
        start(Part.READINGS);
        start(Part.DISPATCHER);

        running.close();

        assertThat(stopped).containsExactly(Part.READINGS, Part.MONITORS, Part.DISPATCHER, Part.BROKER, Part.DATABASE);
    }

    @Test
    void a_part_that_does_not_stop_cleanly_keeps_no_other_running() {
        running.start(Part.MONITORS, () -> () -> {
            throw new IllegalStateException("broken");
        });
        start(Part.DATABASE);

        running.close();

        assertThat(stopped).containsExactly(Part.DATABASE);
    }

    @Test
    void a_part_that_was_still_starting_when_everything_stopped_is_stopped_too() {
        running.close();

        start(Part.BROKER);

        assertThat(stopped).containsExactly(Part.BROKER);
    }

    @Test
    void a_second_stop_waits_for_the_first() throws Exception {
        var release = new CountDownLatch(1);
        running.start(Part.BROKER, () -> () -> {
            release.await();
            stopped.add(Part.BROKER);
        });
        var first = Thread.ofVirtual().start(running::close);
        var second = Thread.ofVirtual().start(() -> {
            running.awaitStop();
            running.close();
            assertThat(stopped).containsExactly(Part.BROKER);
            stopped.add(Part.DATABASE);
        });

        release.countDown();
        first.join();
        second.join();

        assertThat(stopped).containsExactly(Part.BROKER, Part.DATABASE);
    }

    private void start(Part part) {
        running.start(part, () -> () -> stopped.add(part));
    }
}
