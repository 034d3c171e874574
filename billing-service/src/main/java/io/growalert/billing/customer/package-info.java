/** Customers: registration, sign-in, subscriptions and device orders. */
@NullMarked
package io.growalert.billing.customer;

import org.jspecify.annotations.NullMarked;
