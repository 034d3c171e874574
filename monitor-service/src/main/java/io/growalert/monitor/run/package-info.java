/** The runs of the assigned monitors: schedule, query, judgement. */
@NullMarked
package io.growalert.monitor.run;

import org.jspecify.annotations.NullMarked;
