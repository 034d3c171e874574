/**
 * The dead man's call for the whole chain: heartbeats that passed the monitor-service, Kafka, the alert state and the notifier are
 * rows here, and an external monitoring service is called only while each of them is recent.
 */
@NullMarked
package io.growalert.dispatcher.deadman;

import org.jspecify.annotations.NullMarked;
