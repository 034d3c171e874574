/** Stored events become records, whatever order they came in. */
@NullMarked
package io.growalert.billing.ledger;

import org.jspecify.annotations.NullMarked;
