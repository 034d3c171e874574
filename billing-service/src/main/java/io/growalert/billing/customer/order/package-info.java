/** Device orders and their payments. */
@NullMarked
package io.growalert.billing.customer.order;

import org.jspecify.annotations.NullMarked;
