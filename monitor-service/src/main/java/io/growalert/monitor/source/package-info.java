/**
 * Sources of time series. A kind of source is one folder below this one and one line in
 * {@code META-INF/services/io.growalert.monitor.source.SourceType}; no other code refers to it.
 *
 * <p>To add one, write in a separate package:
 *
 * <ol>
 *   <li>a {@link io.growalert.monitor.source.SourceType}, which reads the settings under its key in a definition file and
 *       reports problems, without connecting;
 *   <li>a {@link io.growalert.monitor.source.SourceConfig}, a record of these settings: sources whose configurations are
 *       equal are not reopened when a file changes;
 *   <li>a {@link io.growalert.monitor.source.Source}, which queries. It needs no limit of concurrent queries and no
 *       circuit breaker: {@link io.growalert.monitor.source.GuardedSource} adds both to every source. It must not exceed the
 *       query's timeout, and must limit the memory for an answer.
 * </ol>
 *
 * <p>Values (null, NaN, text, one series twice) are judged by the caller, the same for every source.
 */
@NullMarked
package io.growalert.monitor.source;

import org.jspecify.annotations.NullMarked;
