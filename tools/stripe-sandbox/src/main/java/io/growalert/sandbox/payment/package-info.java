/** Payment methods and cards, payments, charges, refunds and disputes. */
@NullMarked
package io.growalert.sandbox.payment;

import org.jspecify.annotations.NullMarked;
