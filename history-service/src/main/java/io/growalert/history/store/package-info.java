/** How values are stored: recent runs as rows, compacted into chunks and rolled up; dropped after their retention. */
@NullMarked
package io.growalert.history.store;

import org.jspecify.annotations.NullMarked;
