/** The only ones who speak with Stripe, and know its library. */
@NullMarked
package io.growalert.billing.stripe;

import org.jspecify.annotations.NullMarked;
