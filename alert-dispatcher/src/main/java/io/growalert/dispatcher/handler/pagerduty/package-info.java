/** Incidents in PagerDuty by its Events API v2. */
@NullMarked
package io.growalert.dispatcher.handler.pagerduty;

import org.jspecify.annotations.NullMarked;
