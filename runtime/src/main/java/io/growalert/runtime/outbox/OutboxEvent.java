package io.growalert.runtime.outbox;

import java.time.Instant;

/**
 * An event to be published.
 *
 * @param id unique in the outbox
 * @param key of the message; events of one key are published in the order in which they were added
 * @param subject the entity that the event is about
 */
public record OutboxEvent(String id, String key, String type, String subject, Instant time, String body) {}
