/**
 * Checks that run on time, and alerts that notify when one fails. Start at {@link io.growalert.alerts.Monitor} and
 * {@link io.growalert.alerts.Monitors}.
 */
@NullMarked
package io.growalert.alerts;

import org.jspecify.annotations.NullMarked;
