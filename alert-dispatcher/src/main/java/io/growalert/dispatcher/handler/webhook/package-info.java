/** Notification by an HTTP request, signed by the Standard Webhooks specification. */
@NullMarked
package io.growalert.dispatcher.handler.webhook;

import org.jspecify.annotations.NullMarked;
