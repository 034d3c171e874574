/** Notification in Slack. */
@NullMarked
package io.growalert.dispatcher.handler.slack;

import org.jspecify.annotations.NullMarked;
