/** The customers API: register, subscribe, order devices. */
@NullMarked
package io.growalert.billing.customer;

import org.jspecify.annotations.NullMarked;
