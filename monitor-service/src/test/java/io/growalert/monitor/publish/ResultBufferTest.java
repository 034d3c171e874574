package io.growalert.monitor.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.events.Heartbeat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ResultBufferTest {
    private static final int PARTITIONS = 4;
    private final AtomicLong now = new AtomicLong();
    private final ResultBuffer buffer = new ResultBuffer(5_000, 4_000, now::get);

    @Test
    void the_oldest_runs_go_first_and_go_whole() throws InterruptedException {
        assertThat(add("a1", "a2", "a3", "a4", "a5", "a6", "a7")).isEqualTo(2);
        assertThat(buffer.bytes()).isEqualTo(5_000);
        assertThat(takeAll()).containsExactly("a3", "a4", "a5", "a6", "a7");
        assertThat(buffer.bytes()).isZero();
    }

    @Test
    void a_run_that_alone_is_too_large_goes_itself() {
        assertThat(buffer.add(new EncodedRun(List.of(record("a1")), 5_001))).isEqualTo(1);
        assertThat(buffer.size()).isZero();
    }

    @Test
    void no_more_is_in_flight_than_the_share_but_at_least_one() throws InterruptedException {
        buffer.partitions(PARTITIONS);
        add("a1", "a2");

        var round = buffer.take();

        assertThat(names(round)).containsExactly("a1");
        assertThat(round.runs()).isEqualTo(1);
        round.records().forEach(buffer::over);
        assertThat(names(buffer.take())).containsExactly("a2");
    }

    @Test
    void denied_records_are_sent_again_in_their_order() throws InterruptedException {
        add("a1", "a2");
        buffer.take();
        buffer.deny(new TopicAuthorizationException("growalert.check-results"), () -> true);

        assertThatThrownBy(buffer::take).isInstanceOf(TopicAuthorizationException.class);
        buffer.putBackAll();

        assertThat(names(buffer.take())).containsExactly("a1", "a2");
    }

    @Test
    void runs_that_were_put_back_are_rerouted_each_by_its_monitor() throws InterruptedException {
        var other = keyOfAnotherPartitionThan("a");
        buffer.add(new EncodedRun(List.of(record("a1"), record("a2")), 1_000));
        heartbeat(0);
        add(other + "1");
        buffer.take();
        buffer.deny(new TopicAuthorizationException("growalert.check-results"), () -> true);
        buffer.putBackAll();

        buffer.partitions(PARTITIONS);

        assertThat(buffer.size()).isEqualTo(2);
        var records = new ArrayList<ProducerRecord<String, byte[]>>();
        while (!buffer.isEmpty()) {
            var round = buffer.take();
            records.addAll(round.records());
            round.records().forEach(buffer::over);
        }
        assertThat(records)
                .extracting(record -> new String(record.value(), UTF_8))
                .containsExactlyInAnyOrder("a1", "a2", other + "1");
        assertThat(records).allMatch(record -> record.partition() == partitionOf(record.key()));
    }

    @Test
    void a_denial_of_the_replaced_connection_does_not_fail_the_next() throws InterruptedException {
        add("a1");
        buffer.take();
        buffer.deny(new TopicAuthorizationException("growalert.check-results"), () -> true);
        buffer.putBackAll();
        buffer.deny(new TopicAuthorizationException("growalert.check-results"), () -> false);

        assertThat(names(buffer.take())).containsExactly("a1");
    }

    @Test
    void denied_runs_wait_again_and_displace_no_others() throws InterruptedException {
        buffer.add(new EncodedRun(List.of(record("a1"), record("a2")), 1_000));
        heartbeat(0);
        assertThat(buffer.take().records()).hasSize(3);
        assertThat(buffer.size()).isZero();
        assertThat(buffer.unacknowledged()).isOne();

        buffer.putBackAll();

        assertThat(buffer.size()).isOne();
        assertThat(buffer.unacknowledged()).isOne();
        assertThat(buffer.bytes()).isGreaterThan(2_000);
        assertThat(add("b1", "b2", "b3", "b4", "b5")).isZero();
        assertThat(buffer.size()).isEqualTo(6);
    }

    @Test
    void a_run_is_unacknowledged_until_its_last_record_is() throws InterruptedException {
        buffer.add(new EncodedRun(List.of(record("a1"), record("a2")), 1_000));
        var records = buffer.take().records();

        buffer.over(records.getFirst());
        assertThat(buffer.unacknowledged()).isOne();

        buffer.over(records.getLast());
        assertThat(buffer.unacknowledged()).isZero();
    }

    @Test
    void remaining_records_can_be_taken_after_closing_and_then_none() throws InterruptedException {
        add("a1");
        buffer.close();

        assertThat(takeAll()).containsExactly("a1");
    }

    @Test
    void a_partition_that_acknowledges_nothing_holds_back_only_its_own() throws InterruptedException {
        buffer.partitions(PARTITIONS);
        var other = keyOfAnotherPartitionThan("a");
        add("a1", other + "1");
        var first = buffer.take();
        assertThat(names(first)).containsExactlyInAnyOrder("a1", other + "1");
        first.records().stream().filter(record -> record.key().equals(other)).forEach(buffer::over);

        add("a2", other + "2");

        assertThat(names(buffer.take())).containsExactly(other + "2");
    }

    @Test
    void an_unavailable_partition_does_not_use_up_the_room_of_the_others() throws InterruptedException {
        buffer.partitions(PARTITIONS);
        var other = keyOfAnotherPartitionThan("a");
        add("a0");
        assertThat(names(buffer.take())).containsExactly("a0");
        add(other + "1", other + "2");

        int dropped = add("a1", "a2", "a3", "a4", "a5");

        assertThat(dropped).isEqualTo(2);
        var round = buffer.take();
        assertThat(names(round)).containsExactly(other + "1");
        round.records().forEach(buffer::over);
        assertThat(names(buffer.take())).containsExactly(other + "2");
        assertThat(buffer.size()).isEqualTo(3);
    }

    @Test
    void unsent_records_are_retried_in_order() throws InterruptedException {
        add("a1", "a2", "a3");
        var round = buffer.take();
        buffer.over(round.records().getFirst());

        buffer.putBack(round.records().subList(2, 3));
        buffer.putBackAll();

        assertThat(names(buffer.take())).containsExactly("a2", "a3");
    }

    @Test
    void a_partition_is_stuck_from_its_last_acknowledgement_on() throws InterruptedException {
        add("a1", "a2");
        var round = buffer.take();
        now.addAndGet(Duration.ofSeconds(20).toNanos());
        buffer.over(round.records().getFirst());
        now.addAndGet(Duration.ofSeconds(20).toNanos());

        assertThat(buffer.stuck(Duration.ofSeconds(10))).containsOnlyKeys(0).containsValue(Duration.ofSeconds(20));
        assertThat(buffer.stuck(Duration.ofSeconds(30))).isEmpty();
    }

    @Test
    void a_heartbeat_goes_behind_the_runs_of_its_partition_and_only_one_waits() throws InterruptedException {
        add("a1");
        heartbeat(0);
        heartbeat(0);
        add("a2");

        assertThat(buffer.size()).isEqualTo(2);
        assertThat(buffer.take().records().stream().map(ProducerRecord::key))
                .containsExactly("a", Heartbeat.MONITOR, "a");
    }

    @Test
    void a_heartbeat_goes_to_its_partition_and_is_not_rerouted() throws InterruptedException {
        buffer.partitions(PARTITIONS);
        heartbeat(3);
        heartbeat(PARTITIONS);

        var round = buffer.take();

        assertThat(round.records().stream().map(ProducerRecord::partition)).containsExactly(3);
        round.records().forEach(buffer::over);
        heartbeat(3);
        buffer.partitions(2 * PARTITIONS);
        assertThat(buffer.isEmpty()).isTrue();
    }

    @Test
    void a_full_buffer_drops_heartbeats_without_counting_them() {
        heartbeat(0);

        assertThat(add("a1", "a2", "a3", "a4", "a5")).isZero();
        assertThat(buffer.size()).isEqualTo(5);
    }

    @Test
    void no_heartbeat_delays_the_end() {
        heartbeat(0);
        buffer.close();
        heartbeat(0);

        assertThat(buffer.isEmpty()).isTrue();
    }

    private void heartbeat(int partition) {
        buffer.addHeartbeat(partition, EncodedRun.heartbeat(partition, Instant.EPOCH));
    }

    private List<String> takeAll() throws InterruptedException {
        buffer.close();
        var names = new ArrayList<String>();
        for (var round = buffer.take(); !round.records().isEmpty(); round = buffer.take()) {
            names.addAll(names(round));
            round.records().forEach(buffer::over);
        }
        return names;
    }

    private static List<String> names(ResultBuffer.Round round) {
        return round.records().stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    private String keyOfAnotherPartitionThan(String key) {
        return partitionOf(key) == partitionOf("b") ? "c" : "b";
    }

    private static int partitionOf(String key) {
        var bytes = key.getBytes(UTF_8);
        return Utils.toPositive(Utils.murmur2(bytes)) % PARTITIONS;
    }

    /** Runs of 1,000 bytes whose monitor is the first letter. */
    private int add(String... names) {
        return Arrays.stream(names)
                .mapToInt(name -> buffer.add(new EncodedRun(List.of(record(name)), 1_000)))
                .sum();
    }

    private static ProducerRecord<String, byte[]> record(String name) {
        return new ProducerRecord<>("results", name.substring(0, 1), name.getBytes(UTF_8));
    }
}
