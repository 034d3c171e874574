/**
 * Receives Stripe's webhooks: verifies, stores, answers. The only package that reads or writes {@code billing.stripe_events};
 * further stages go through {@link io.growalert.billing.webhook.StoredEvents}.
 */
@NullMarked
package io.growalert.billing.webhook;

import org.jspecify.annotations.NullMarked;
