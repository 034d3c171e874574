/** The example that runs when no definitions are given: a recorded room. */
@NullMarked
package io.growalert.standalone.room;

import org.jspecify.annotations.NullMarked;
