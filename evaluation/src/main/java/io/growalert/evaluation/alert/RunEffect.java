package io.growalert.evaluation.alert;

/**
 * The effect of a run, or of a part of it.
 *
 * @param old series that were ignored because their slot had been judged
 * @param beyondLimit new series that were ignored because the monitor has too many
 * @param clockCorrected a clock that ran ahead was corrected before this run
 */
public record RunEffect(int old, int beyondLimit, boolean clockCorrected) {}
