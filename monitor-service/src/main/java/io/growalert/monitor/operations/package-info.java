/** Operational endpoints: health, the list of monitors, the dead man's switch. */
@NullMarked
package io.growalert.monitor.operations;

import org.jspecify.annotations.NullMarked;
