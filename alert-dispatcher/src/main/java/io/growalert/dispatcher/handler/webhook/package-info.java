/** Tells by an HTTP request, signed as Standard Webhooks says. */
@NullMarked
package io.growalert.dispatcher.handler.webhook;

import org.jspecify.annotations.NullMarked;
