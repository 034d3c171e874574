/** PostgreSQL, Kafka and HTTP servers for tests. Servers are started once per JVM and shared; each test has its own database or topics. */
@NullMarked
package io.growalert.testkit;

import org.jspecify.annotations.NullMarked;
