/** Changes of a subscription's plan, and payments of open invoices. The owner of {@code billing.plan_previews}. */
@NullMarked
package io.growalert.billing.customer.plan;

import org.jspecify.annotations.NullMarked;
