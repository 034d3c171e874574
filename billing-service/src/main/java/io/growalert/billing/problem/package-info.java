/** What can go wrong at billing's HTTP endpoints, in words that stay the same. */
@NullMarked
package io.growalert.billing.problem;

import org.jspecify.annotations.NullMarked;
