/** Customers. */
@NullMarked
package io.growalert.sandbox.customer;

import org.jspecify.annotations.NullMarked;
