/** What can go wrong at our HTTP endpoints, in words that stay the same. */
@NullMarked
package io.growalert.billing.problem;

import org.jspecify.annotations.NullMarked;
