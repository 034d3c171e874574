/** Mails to customers: one row of {@code billing.mails} for each fact, written in the fact's transaction and sent afterwards. */
@NullMarked
package io.growalert.billing.mail;

import org.jspecify.annotations.NullMarked;
