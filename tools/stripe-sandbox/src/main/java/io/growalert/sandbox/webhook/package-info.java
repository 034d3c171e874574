/** Webhook endpoints, and the signed delivery of events to them. */
@NullMarked
package io.growalert.sandbox.webhook;

import org.jspecify.annotations.NullMarked;
