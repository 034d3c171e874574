/** Webhooks, the ledger and reconciling, measured. */
@NullMarked
package io.growalert.benchmarks.billing;

import org.jspecify.annotations.NullMarked;
