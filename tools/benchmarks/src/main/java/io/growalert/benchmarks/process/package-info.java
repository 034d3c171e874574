/** Child processes: GrowAlert, its services, Kafka and PostgreSQL. */
@NullMarked
package io.growalert.benchmarks.process;

import org.jspecify.annotations.NullMarked;
