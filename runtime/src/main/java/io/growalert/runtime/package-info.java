/** How a service starts, and the instance folder it owns. */
@NullMarked
package io.growalert.runtime;

import org.jspecify.annotations.NullMarked;
