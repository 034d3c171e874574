package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RunningPartsTest {
    private final List<Part> stopped = Collections.synchronizedList(new ArrayList<>());
    private final RunningParts running = new RunningParts();

    @Test
    void parts_stop_in_the_order_of_the_design_however_they_were_started() {
        start(Part.DATABASE);
        start(Part.MONITORS);
        start(Part.BROKER);
        start(Part.READINGS);
        start(Part.SANDBOX);
        start(Part.DISPATCHER);
        start(Part.BILLING);

        running.close();

        assertThat(stopped)
                .containsExactly(
                        Part.READINGS,
                        Part.MONITORS,
                        Part.DISPATCHER,
                        Part.BILLING,
                        Part.SANDBOX,
                        Part.BROKER,
                        Part.DATABASE);
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
    void a_part_that_is_still_starting_when_everything_stops_is_waited_for_and_stopped() throws Exception {
        var starting = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var starter = Thread.ofVirtual()
                .start(() -> running.start(Part.BROKER, () -> {
                    starting.countDown();
                    await(release);
                    return () -> stopped.add(Part.BROKER);
                }));
        starting.await();
        start(Part.READINGS);
        start(Part.DATABASE);
        var stop = Thread.ofVirtual().start(running::close);
        Awaitility.await().until(() -> stopped.contains(Part.READINGS));

        assertThat(stopped).containsExactly(Part.READINGS);
        release.countDown();
        stop.join();
        starter.join();

        assertThat(stopped).containsExactly(Part.READINGS, Part.BROKER, Part.DATABASE);
    }

    @Test
    void a_part_that_failed_to_start_holds_up_nothing() {
        assertThatThrownBy(() -> running.start(Part.BROKER, () -> {
                    throw new CannotRun("no");
                }))
                .isInstanceOf(CannotRun.class);
        start(Part.DATABASE);

        running.close();

        assertThat(stopped).containsExactly(Part.DATABASE);
    }

    @Test
    void nothing_starts_once_everything_has_stopped() {
        running.close();

        assertThatThrownBy(() -> start(Part.BROKER)).isInstanceOf(CannotRun.class);
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

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void start(Part part) {
        running.start(part, () -> () -> stopped.add(part));
    }
}
