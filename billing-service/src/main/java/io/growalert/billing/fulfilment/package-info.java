/** Operators ship and refund orders of devices. */
@NullMarked
package io.growalert.billing.fulfilment;

import org.jspecify.annotations.NullMarked;
