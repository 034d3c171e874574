/** Fetches from Stripe the objects whose events alone do not decide. The only package that uses {@code billing.fetches}. */
@NullMarked
package io.growalert.billing.fetch;

import org.jspecify.annotations.NullMarked;
