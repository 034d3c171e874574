/** Tells by a line in the log. */
@NullMarked
package io.growalert.dispatcher.handler.log;

import org.jspecify.annotations.NullMarked;
