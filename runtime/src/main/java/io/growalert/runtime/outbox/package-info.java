/**
 * A transactional outbox: events are added to a table in the transaction of the change, and one instance publishes them to
 * Kafka, in their order per key, at least once. See <a
 * href="https://microservices.io/patterns/data/transactional-outbox.html">transactional outbox</a>.
 */
@NullMarked
package io.growalert.runtime.outbox;

import org.jspecify.annotations.NullMarked;
