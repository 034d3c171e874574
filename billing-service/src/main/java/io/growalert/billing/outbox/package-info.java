/** Which billing events are published to growalert.billing, from {@code billing.outbox}. */
@NullMarked
package io.growalert.billing.outbox;

import org.jspecify.annotations.NullMarked;
