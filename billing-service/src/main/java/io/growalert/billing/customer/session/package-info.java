/** Sessions of browsers by signed cookies. The owner of {@code billing.ended_sessions}. */
@NullMarked
package io.growalert.billing.customer.session;

import org.jspecify.annotations.NullMarked;
