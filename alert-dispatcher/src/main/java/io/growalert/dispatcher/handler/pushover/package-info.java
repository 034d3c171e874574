/** Push notification by Pushover. */
@NullMarked
package io.growalert.dispatcher.handler.pushover;

import org.jspecify.annotations.NullMarked;
