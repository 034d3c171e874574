@NullMarked
package io.growalert.benchmarks;

import org.jspecify.annotations.NullMarked;
