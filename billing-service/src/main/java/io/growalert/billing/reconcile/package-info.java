/** What Stripe has against what we have: reads its events and objects, and repairs the difference. */
@NullMarked
package io.growalert.billing.reconcile;

import org.jspecify.annotations.NullMarked;
