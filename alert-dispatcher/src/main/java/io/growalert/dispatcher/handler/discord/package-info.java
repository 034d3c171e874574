/** Notification in Discord by a webhook. */
@NullMarked
package io.growalert.dispatcher.handler.discord;

import org.jspecify.annotations.NullMarked;
