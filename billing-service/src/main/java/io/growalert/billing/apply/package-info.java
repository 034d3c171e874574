/**
 * Applies stored events: claims them, projects them, writes the records and adds to the outbox in one transaction, whatever
 * the order in which they arrived.
 */
@NullMarked
package io.growalert.billing.apply;

import org.jspecify.annotations.NullMarked;
