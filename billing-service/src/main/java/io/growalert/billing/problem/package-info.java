/** The problem codes of billing's HTTP endpoints. */
@NullMarked
package io.growalert.billing.problem;

import org.jspecify.annotations.NullMarked;
