/** A customer's own account: what is shown, exported and deleted, its payment method and its address. The owner of {@code billing.email_changes}. */
@NullMarked
package io.growalert.billing.customer.account;

import org.jspecify.annotations.NullMarked;
