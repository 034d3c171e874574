/** Kafka clients that every service needs. */
@NullMarked
package io.growalert.runtime.kafka;

import org.jspecify.annotations.NullMarked;
