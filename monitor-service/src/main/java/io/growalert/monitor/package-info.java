/**
 * The monitor-service: definitions, schedule, source query, check result, topic. {@link
 * io.growalert.monitor.MonitorService} shows the flow.
 */
@NullMarked
package io.growalert.monitor;

import org.jspecify.annotations.NullMarked;
