/** What the API reads. */
@NullMarked
package io.growalert.history.query;

import org.jspecify.annotations.NullMarked;
