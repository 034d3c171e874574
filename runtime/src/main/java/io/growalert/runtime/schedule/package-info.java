/** Work that the clock starts, at intervals of seconds or more, on one instance at a time. */
@NullMarked
package io.growalert.runtime.schedule;

import org.jspecify.annotations.NullMarked;
