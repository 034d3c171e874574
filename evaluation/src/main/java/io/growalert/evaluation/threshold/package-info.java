/**
 * Thresholds and their judgement: {@link io.growalert.evaluation.threshold.Judge} turns the rows of an answer into the status of each
 * series and of the run.
 */
@NullMarked
package io.growalert.evaluation.threshold;

import org.jspecify.annotations.NullMarked;
