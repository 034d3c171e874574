/** Checks the connection to Stripe and the settings, at the start, in the service's health and from the command line. */
@NullMarked
package io.growalert.billing.doctor;

import org.jspecify.annotations.NullMarked;
