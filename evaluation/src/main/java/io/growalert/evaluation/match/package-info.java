/** Conditions on labels, as routes, silences and lists use them. */
@NullMarked
package io.growalert.evaluation.match;

import org.jspecify.annotations.NullMarked;
