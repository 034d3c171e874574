package io.growalert.browser;

import io.growalert.events.BillingEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.testkit.TopicReader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Reads the rows in PostgreSQL and the events in Kafka. */
final class Witness implements AutoCloseable {
    private final DataSource database;
    private final TopicReader topic;

    Witness(DataSource database, String kafka) {
        this.database = database;
        topic = new TopicReader(kafka, Topics.BILLING);
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

    /** Empty while the customer is unknown. */
    String customerOf(String email) {
        return String.join("", rows("select id from billing.customers where email = ?", email));
    }

    /** The events published about a customer, each once. */
    List<BillingEvent> events(String customer) {
        return topic.records().stream()
                .map(record -> Json.read(record.value(), BillingEvent.class))
                .filter(event -> customer.equals(event.customer()))
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        topic.close();
    }
}
