/** Prices, subscriptions and their invoices. */
@NullMarked
package io.growalert.sandbox.subscription;

import org.jspecify.annotations.NullMarked;
