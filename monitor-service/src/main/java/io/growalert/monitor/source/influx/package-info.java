/** InfluxDB 1, 2 and 3 through InfluxQL, and InfluxDB 2 through Flux. */
@NullMarked
package io.growalert.monitor.source.influx;

import org.jspecify.annotations.NullMarked;
