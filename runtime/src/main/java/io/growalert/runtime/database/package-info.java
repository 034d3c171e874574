/** PostgreSQL for a service: pool, migration, advisory locks, rows as arrays. */
@NullMarked
package io.growalert.runtime.database;

import org.jspecify.annotations.NullMarked;
