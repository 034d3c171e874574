/** A stand-in for the part of Stripe's API that GrowAlert uses. It moves no money. */
@NullMarked
package io.growalert.sandbox;

import org.jspecify.annotations.NullMarked;
