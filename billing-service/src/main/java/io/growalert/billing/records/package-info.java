/** The tables of records, and {@code billing.objects} with the version of each: reads and writes them, decides nothing. */
@NullMarked
package io.growalert.billing.records;

import org.jspecify.annotations.NullMarked;
