/** The Kafka clients of this service. */
@NullMarked
package io.growalert.monitor.kafka;

import org.jspecify.annotations.NullMarked;
