/** Stripe's webhooks: verified, stored, answered. Nothing else. */
@NullMarked
package io.growalert.billing.inbox;

import org.jspecify.annotations.NullMarked;
