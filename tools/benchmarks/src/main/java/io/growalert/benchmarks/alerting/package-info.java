/** Monitors, alerts and notifications, measured. */
@NullMarked
package io.growalert.benchmarks.alerting;

import org.jspecify.annotations.NullMarked;
