/**
 * The alert's state machine: check results and definitions in, alert events out. {@link
 * io.growalert.evaluation.alert.MonitorState} holds everything known about one monitor; {@link
 * io.growalert.evaluation.alert.AlertState} decides about one alert. Everything is decided from the arguments, in slot time, except
 * the silence of a monitor, which {@link io.growalert.evaluation.alert.Listening} measures from the ticks it gets. Nothing here does
 * I/O: states and events go to an {@link io.growalert.evaluation.alert.AlertJournal}.
 */
@NullMarked
package io.growalert.evaluation.alert;

import org.jspecify.annotations.NullMarked;
