/** Test clocks, and what happens because time passes. */
@NullMarked
package io.growalert.sandbox.clock;

import org.jspecify.annotations.NullMarked;
