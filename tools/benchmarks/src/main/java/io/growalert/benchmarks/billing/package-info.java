/** Webhooks, the records and reconciling, measured. */
@NullMarked
package io.growalert.benchmarks.billing;

import org.jspecify.annotations.NullMarked;
