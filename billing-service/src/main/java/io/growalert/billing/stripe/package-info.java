/** Stripe's client: the only package that uses Stripe's library. */
@NullMarked
package io.growalert.billing.stripe;

import org.jspecify.annotations.NullMarked;
