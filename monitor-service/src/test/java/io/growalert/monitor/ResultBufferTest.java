package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ResultBufferTest {
    private final ResultBuffer buffer = new ResultBuffer(300);

    @Test
    void the_oldest_runs_go_first_and_go_whole() throws InterruptedException {
        var runs = runs(100, 100, 100, 150);

        assertThat(runs.stream().mapToInt(buffer::add).sum()).isEqualTo(2);
        assertThat(buffer.bytes()).isEqualTo(250);
        assertThat(buffer.take(1_000)).containsExactly(runs.get(2), runs.get(3));
        assertThat(buffer.bytes()).isZero();
    }

    @Test
    void a_run_that_alone_is_too_large_goes_itself() {
        assertThat(buffer.add(run(301))).isEqualTo(1);
        assertThat(buffer.size()).isZero();
    }

    @Test
    void runs_are_taken_in_order_and_up_to_a_size_but_at_least_one() throws InterruptedException {
        var runs = runs(120, 60, 60);
        runs.forEach(buffer::add);

        assertThat(buffer.take(100)).containsExactly(runs.get(0));
        assertThat(buffer.take(100)).containsExactly(runs.get(1));
        assertThat(buffer.take(100)).containsExactly(runs.get(2));
    }

    @Test
    void what_is_left_when_it_closes_can_be_taken_and_then_it_is_over() throws InterruptedException {
        var run = run(10);
        buffer.add(run);
        buffer.close();

        assertThat(buffer.take(100)).containsExactly(run);
        assertThat(buffer.take(100)).isEmpty();
    }

    private static List<EncodedRun> runs(int... bytes) {
        return Stream.of(bytes)
                .flatMapToInt(java.util.Arrays::stream)
                .mapToObj(ResultBufferTest::run)
                .toList();
    }

    private static EncodedRun run(int bytes) {
        return new EncodedRun(List.of(new ProducerRecord<>("t", "k", new byte[0])), bytes);
    }
}
