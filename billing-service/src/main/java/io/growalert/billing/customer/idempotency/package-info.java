/** Idempotent requests: a request that is sent twice is executed once. The owner of {@code billing.requests}. */
@NullMarked
package io.growalert.billing.customer.idempotency;

import org.jspecify.annotations.NullMarked;
