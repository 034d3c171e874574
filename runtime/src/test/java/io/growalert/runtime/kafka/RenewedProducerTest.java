package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class RenewedProducerTest {
    private final List<MockProducer<String, String>> created = new ArrayList<>();
    private final RenewedProducer<String, String> producer = new RenewedProducer<>(this::connect, Duration.ZERO);

    @Test
    void one_producer_is_created_on_first_use() throws Exception {
        assertThat(producer.isConnected()).isFalse();

        send();
        send();

        assertThat(producer.isConnected()).isTrue();
        assertThat(created).hasSize(1);
        assertThat(created.getFirst().history()).hasSize(2);
    }

    @Test
    void a_producer_that_was_denied_is_closed_and_replaced() throws Exception {
        send();
        failBy(new SaslAuthenticationException("denied"));

        assertThat(producer.isConnected()).isFalse();
        assertThat(created.getFirst().closed()).isTrue();
        send();
        assertThat(created).hasSize(2);
        assertThat(created.getLast().history()).hasSize(1);
    }

    @Test
    void a_producer_that_timed_out_stays() throws Exception {
        send();
        failBy(new TimeoutException("unreachable"));
        created.getFirst().sendException = null;

        send();

        assertThat(created).hasSize(1);
        assertThat(created.getFirst().history()).hasSize(2);
    }

    @Test
    void closing_closes_the_producer() throws Exception {
        send();

        producer.close();

        assertThat(created.getFirst().closed()).isTrue();
        assertThat(producer.isConnected()).isFalse();
    }

    private void failBy(KafkaException failure) {
        created.getFirst().sendException = failure;
        assertThatThrownBy(this::send).isSameAs(failure);
    }

    private void send() throws InterruptedException {
        producer.send(List.of(new ProducerRecord<>("topic", "value")));
    }

    private MockProducer<String, String> connect() {
        var mock =
                new MockProducer<>(true, new RoundRobinPartitioner(), new StringSerializer(), new StringSerializer());
        created.add(mock);
        return mock;
    }
}
