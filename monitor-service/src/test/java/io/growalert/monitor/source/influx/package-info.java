@NullMarked
package io.growalert.monitor.source.influx;

import org.jspecify.annotations.NullMarked;
