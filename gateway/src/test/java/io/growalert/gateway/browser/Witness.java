package io.growalert.gateway.browser;

import io.growalert.events.BillingEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What PostgreSQL and Kafka have. */
final class Witness implements AutoCloseable {
    private final DataSource database;
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<BillingEvent> events = new ArrayList<>();

    Witness(DataSource database, String kafka) {
        this.database = database;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka,
                        "auto.offset.reset", "earliest",
                        "group.id", "witness"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.BILLING));
    }

    /**
     * One value for each row.
     *
     * @param sql with one parameter
     */
    List<String> rows(String sql, String parameter) {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            var values = new ArrayList<String>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Empty while it is not known. */
    String customerOf(String email) {
        return String.join("", rows("select id from billing.customers where email = ?", email));
    }

    /** The events published about a customer, each once. */
    List<BillingEvent> events(String customer) {
        consumer.poll(Duration.ofMillis(100))
                .forEach(record -> events.add(Json.read(record.value(), BillingEvent.class)));
        return events.stream()
                .filter(event -> customer.equals(event.customer()))
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
