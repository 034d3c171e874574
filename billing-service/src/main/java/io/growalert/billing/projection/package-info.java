/** Decides what a Stripe object changes in the records. Pure: no SQL, no Spring, no clock. */
@NullMarked
package io.growalert.billing.projection;

import org.jspecify.annotations.NullMarked;
