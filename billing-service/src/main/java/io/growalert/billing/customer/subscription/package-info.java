/** Prices on offer and subscriptions to them. */
@NullMarked
package io.growalert.billing.customer.subscription;

import org.jspecify.annotations.NullMarked;
