/** Notification by a log line. */
@NullMarked
package io.growalert.dispatcher.handler.log;

import org.jspecify.annotations.NullMarked;
