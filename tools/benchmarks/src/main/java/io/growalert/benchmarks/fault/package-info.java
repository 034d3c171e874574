/** Faults that benchmarks inject, and when each was there. */
@NullMarked
package io.growalert.benchmarks.fault;

import org.jspecify.annotations.NullMarked;
