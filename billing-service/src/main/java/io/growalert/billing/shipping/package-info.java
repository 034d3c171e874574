/**
 * Where devices are shipped to, and which orders were shipped. The owner of {@code billing.shipping_addresses}, {@code
 * billing.shipments} and the view {@code billing.orders}.
 */
@NullMarked
package io.growalert.billing.shipping;

import org.jspecify.annotations.NullMarked;
