/** Silences: which deliveries are on hold, by matchers and for how long. */
@NullMarked
package io.growalert.dispatcher.silence;

import org.jspecify.annotations.NullMarked;
