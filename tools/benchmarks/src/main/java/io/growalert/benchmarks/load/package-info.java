/** HTTP load from one thread, and a server that does nothing. */
@NullMarked
package io.growalert.benchmarks.load;

import org.jspecify.annotations.NullMarked;
