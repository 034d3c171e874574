package io.growalert.dispatcher.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class UnchangedOffsetsTest {
    private static final TopicPartition FIRST = new TopicPartition("growalert.check-results", 0);
    private static final TopicPartition SECOND = new TopicPartition("growalert.check-results", 1);

    private final UnchangedOffsets offsets = new UnchangedOffsets();

    @Test
    void the_first_commit_of_a_producer_is_made() {
        assertThat(offsets.isLeftOut(at(FIRST, 5))).isFalse();
    }

    @Test
    void offsets_that_were_committed_last_are_left_out() {
        commit(Map.of(FIRST, offset(5), SECOND, offset(7)));

        assertThat(offsets.isLeftOut(at(FIRST, 5))).isTrue();
        assertThat(offsets.isLeftOut(Map.of(FIRST, offset(5), SECOND, offset(7))))
                .isTrue();
    }

    @Test
    void an_offset_that_moved_is_committed_with_the_others() {
        commit(Map.of(FIRST, offset(5), SECOND, offset(7)));

        assertThat(offsets.isLeftOut(Map.of(FIRST, offset(5), SECOND, offset(8))))
                .isFalse();
        assertThat(offsets.isLeftOut(at(FIRST, 5)))
                .as("in the same transaction")
                .isFalse();
    }

    @Test
    void changed_metadata_is_committed() {
        commit(at(FIRST, 5));

        assertThat(offsets.isLeftOut(Map.of(FIRST, new OffsetAndMetadata(5, "later"))))
                .isFalse();
    }

    @Test
    void a_transaction_with_a_record_is_committed_with_its_offsets() {
        commit(at(FIRST, 5));

        offsets.sent();

        assertThat(offsets.isLeftOut(at(FIRST, 5))).isFalse();
        offsets.committed();
        assertThat(offsets.isLeftOut(at(FIRST, 5))).isTrue();
    }

    @Test
    void offsets_of_an_aborted_or_failed_transaction_are_committed_again() {
        commit(at(FIRST, 5));

        assertThat(offsets.isLeftOut(at(FIRST, 6))).isFalse();
        offsets.aborted();

        assertThat(offsets.isLeftOut(at(FIRST, 6))).isFalse();
    }

    @Test
    void a_partition_that_comes_back_further_on_is_committed() {
        commit(at(FIRST, 5));
        commit(at(SECOND, 1));

        assertThat(offsets.isLeftOut(at(FIRST, 9))).isFalse();
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> made) {
        assertThat(offsets.isLeftOut(made)).isFalse();
        offsets.committed();
    }

    private static Map<TopicPartition, OffsetAndMetadata> at(TopicPartition partition, long offset) {
        return Map.of(partition, offset(offset));
    }

    private static OffsetAndMetadata offset(long offset) {
        return new OffsetAndMetadata(offset);
    }
}
