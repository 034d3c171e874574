/** Sign-in by a link that is sent by mail. The owner of {@code billing.sign_in_links}. */
@NullMarked
package io.growalert.billing.customer.signin;

import org.jspecify.annotations.NullMarked;
