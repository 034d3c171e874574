/** Reconciles with Stripe: compares its events and objects with what is stored, and repairs the differences. */
@NullMarked
package io.growalert.billing.reconcile;

import org.jspecify.annotations.NullMarked;
