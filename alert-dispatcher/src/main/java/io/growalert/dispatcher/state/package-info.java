/**
 * Which alert is open: check results and definitions in, alert events out. The decision is pure ({@link
 * io.growalert.evaluation.alert.AlertState}); around it {@link io.growalert.evaluation.alert.MonitorState} holds what is known of one monitor,
 * {@code StateProcessor} does the reading and writing within Kafka Streams, and {@link
 * io.growalert.dispatcher.state.StateStreams} runs it.
 */
@NullMarked
package io.growalert.dispatcher.state;

import org.jspecify.annotations.NullMarked;
