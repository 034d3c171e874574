/** What a benchmark prints. */
@NullMarked
package io.growalert.benchmarks.report;

import org.jspecify.annotations.NullMarked;
