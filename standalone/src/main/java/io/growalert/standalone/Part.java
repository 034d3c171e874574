package io.growalert.standalone;

import java.time.Duration;

/** The parts of the one process, in the order in which they stop: a part stops before those that it calls or writes to. */
enum Part {
    GATEWAY("the gateway", 15),
    READINGS("the room example", 5),
    MONITORS("the monitor-service", 15),
    DISPATCHER("the alert-dispatcher", 20),
    BILLING("the billing-service", 20),
    HISTORY("the history-service", 15),
    SANDBOX("stripe-sandbox", 5),
    BROKER("Kafka", 15),
    DATABASE("PostgreSQL", 10);

    private final String words;
    private final Duration limit;

    Part(String words, int limitSeconds) {
        this.words = words;
        this.limit = Duration.ofSeconds(limitSeconds);
    }

    /** The time limit of its stop. */
    Duration limit() {
        return limit;
    }

    @Override
    public String toString() {
        return words;
    }
}
