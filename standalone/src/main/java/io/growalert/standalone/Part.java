package io.growalert.standalone;

import java.time.Duration;

/** What runs in the one process, in the order in which it stops: whoever asks or writes to another stops before it. */
enum Part {
    GATEWAY("the gateway", 15),
    READINGS("the room example", 5),
    MONITORS("the monitor-service", 15),
    DISPATCHER("the alert-dispatcher", 20),
    BILLING("the billing-service", 20),
    SANDBOX("stripe-sandbox", 5),
    BROKER("Kafka", 15),
    DATABASE("PostgreSQL", 10);

    private final String words;
    private final Duration limit;

    Part(String words, int limitSeconds) {
        this.words = words;
        this.limit = Duration.ofSeconds(limitSeconds);
    }

    /** For how long its stop is waited for. */
    Duration limit() {
        return limit;
    }

    @Override
    public String toString() {
        return words;
    }
}
