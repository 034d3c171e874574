/** The HTTP server, its keys, idempotency, and the addresses outside of Stripe's API. */
@NullMarked
package io.growalert.sandbox.server;

import org.jspecify.annotations.NullMarked;
