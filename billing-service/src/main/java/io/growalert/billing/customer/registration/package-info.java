/** Customers and their e-mail addresses. The owner of {@code billing.registrations}. */
@NullMarked
package io.growalert.billing.customer.registration;

import org.jspecify.annotations.NullMarked;
