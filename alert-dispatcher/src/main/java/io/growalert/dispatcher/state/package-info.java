/**
 * The alert state: from check results and definitions to alert events. {@link io.growalert.evaluation.alert.MonitorState} decides,
 * without I/O, {@code StateProcessor} reads and writes within Kafka Streams, and {@link
 * io.growalert.dispatcher.state.StateStreams} runs it.
 */
@NullMarked
package io.growalert.dispatcher.state;

import org.jspecify.annotations.NullMarked;
