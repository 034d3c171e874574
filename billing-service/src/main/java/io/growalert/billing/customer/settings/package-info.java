/** The settings {@code growalert.billing.customer.*}. */
@NullMarked
package io.growalert.billing.customer.settings;

import org.jspecify.annotations.NullMarked;
