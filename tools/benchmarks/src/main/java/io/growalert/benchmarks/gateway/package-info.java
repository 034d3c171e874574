/** The gateway, measured beside nginx and under disturbance. */
@NullMarked
package io.growalert.benchmarks.gateway;

import org.jspecify.annotations.NullMarked;
