/** Background work: named loops, their back-off, their progress and health. */
@NullMarked
package io.growalert.runtime.loop;

import org.jspecify.annotations.NullMarked;
