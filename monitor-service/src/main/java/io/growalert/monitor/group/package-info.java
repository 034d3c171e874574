/**
 * The consumer group that distributes the monitors over the instances: the assigned partitions and their monitors.
 */
@NullMarked
package io.growalert.monitor.group;

import org.jspecify.annotations.NullMarked;
