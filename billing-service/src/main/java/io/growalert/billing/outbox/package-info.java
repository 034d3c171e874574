/** What changed, told on growalert.billing. */
@NullMarked
package io.growalert.billing.outbox;

import org.jspecify.annotations.NullMarked;
