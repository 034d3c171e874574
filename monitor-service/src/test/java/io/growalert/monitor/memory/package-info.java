/** A source in memory, found as any other: its answers are set by the test. */
@NullMarked
package io.growalert.monitor.memory;

import org.jspecify.annotations.NullMarked;
