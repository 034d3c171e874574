/** What every service starts with. */
@NullMarked
package io.growalert.runtime;

import org.jspecify.annotations.NullMarked;
