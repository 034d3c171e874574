package io.growalert.runtime.outbox;

import java.time.Instant;

/**
 * An event in the outbox that is not published yet.
 *
 * @param sequence increases in the order of one key
 * @param id equal when the event is published again
 */
public record OutboxRow(long sequence, String id, String key, String type, String subject, Instant time, String body) {}
