/** The way of a record from its topic to the tables; its offset advances in the same transaction. */
@NullMarked
package io.growalert.history.ingest;

import org.jspecify.annotations.NullMarked;
