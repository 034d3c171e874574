/** Limits for customers: failed payments, registrations, links, calls to Stripe. The owner of {@code billing.attempts}. */
@NullMarked
package io.growalert.billing.customer.limit;

import org.jspecify.annotations.NullMarked;
