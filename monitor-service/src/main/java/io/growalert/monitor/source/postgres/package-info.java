/** PostgreSQL and databases with its protocol: one query, one row per series. */
@NullMarked
package io.growalert.monitor.source.postgres;

import org.jspecify.annotations.NullMarked;
