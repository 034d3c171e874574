/** A service's results about itself, for the system monitors. */
@NullMarked
package io.growalert.runtime.selfwatch;

import org.jspecify.annotations.NullMarked;
