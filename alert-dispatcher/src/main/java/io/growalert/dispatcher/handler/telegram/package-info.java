/** Notification in Telegram by a bot. */
@NullMarked
package io.growalert.dispatcher.handler.telegram;

import org.jspecify.annotations.NullMarked;
