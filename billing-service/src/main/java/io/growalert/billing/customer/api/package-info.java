/** The customers' HTTP API: reads requests, calls the stages below, and writes answers and problem details. */
@NullMarked
package io.growalert.billing.customer.api;

import org.jspecify.annotations.NullMarked;
