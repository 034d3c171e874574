/** What becomes of notifications, published to growalert.notifications from {@code dispatcher.notification_outbox}. */
@NullMarked
package io.growalert.dispatcher.outbox;

import org.jspecify.annotations.NullMarked;
