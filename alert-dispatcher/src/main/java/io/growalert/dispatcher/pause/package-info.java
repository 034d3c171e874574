/** Which monitors are paused, for what notifies operators and what they read. */
@NullMarked
package io.growalert.dispatcher.pause;

import org.jspecify.annotations.NullMarked;
