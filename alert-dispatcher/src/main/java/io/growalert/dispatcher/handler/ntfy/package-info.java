/** Push notification by ntfy. */
@NullMarked
package io.growalert.dispatcher.handler.ntfy;

import org.jspecify.annotations.NullMarked;
