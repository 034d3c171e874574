/** Which receivers an event has by its labels; pure. */
@NullMarked
package io.growalert.dispatcher.route;

import org.jspecify.annotations.NullMarked;
