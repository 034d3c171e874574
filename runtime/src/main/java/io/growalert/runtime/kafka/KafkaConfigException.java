package io.growalert.runtime.kafka;

import io.growalert.runtime.PlainReason;

/** The connection to Kafka is configured wrongly, or Kafka rejects it: the message names what, where, and what to do. */
public final class KafkaConfigException extends RuntimeException implements PlainReason {
    private static final long serialVersionUID = 1L;

    public KafkaConfigException(String message) {
        super(message);
    }

    KafkaConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
